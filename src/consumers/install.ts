import type { ConsumerSpec } from "../config/spec/consumer.ts";
import type { Spec } from "../config/spec.ts";
import type { Readers } from "../systems/world.ts";
import { helmRelease, type ReleaseSpec } from "../kubernetes/helm/release.ts";
import { namespace } from "../kubernetes/namespace.ts";
import { toFindAddress } from "../systems/reach.ts";
import type { Consumer } from "./consumer.ts";
import { definitionOf } from "./facts/served.ts";
import { deploymentsReady, operatorNeeds, operatorRuns, waitForOperator, waitForOperatorCommand } from "./operator-ready.ts";
import { kindOf, releaseOf } from "./kinds.ts";
import { operatorNeeded } from "./operator-needed.ts";
import { waitForWebhook } from "./webhook.ts";
import { defineStep, type AppResource } from "../systems/step.ts";

/** The operator that copies secrets, with a service account of its own. */
export const externalSecrets = defineStep({
  id: "external-secrets",
  title: "Install the external-secrets operator",
  resources: (spec) => spec.consumers.flatMap((consumer) => installed(spec, consumer)),
});

const installed = (spec: Spec, consumer: ConsumerSpec): AppResource[] => [
  namespace(consumer.namespace),
  ...(kindOf(consumer).install.beside?.(consumer, releaseOf(consumer)) ?? []),
  helmRelease(release(spec, consumer)),
];

function release(spec: Spec, consumer: ConsumerSpec): ReleaseSpec {
  const { namespace, chart } = consumer;
  const kind = kindOf(consumer);
  const { install, objects } = kind;
  const { timeoutMs: withinMs } = spec.run;
  const where = { namespace, release: releaseOf(consumer) };
  return {
    namespace,
    name: where.release,
    chart: { chart: chart.chart ?? install.chart, repo: chart.repo ?? install.repo, version: chart.version },
    values: install.values(spec, consumer),
    ...(install.notice !== undefined && { notice: install.notice }),
    ...(install.vaultValues !== undefined && { lateValues: install.vaultValues }),
    valuesFiles: consumer.valuesFiles,
    sets: consumer.sets,
    alsoNeeds: (read) => [
      ...operatorNeeds(kind),
      ...(install.vaultValues === undefined ? [] : toFindAddress(read, spec.vault.install.namespace)),
    ],
    waits: true,
    elsewhere: (read) => foundOperator(read, kind),
    isUp: (read) => deploymentsReady(read, where),
    waitCommand: (read) => waitForOperatorCommand(read, kind, where, withinMs / 1000),
    removal: {
      stays: async (read, policy) => (objects === undefined ? undefined : operatorNeeded(read, objects, policy)),
      definition: objects === undefined || install.leavesDefinition !== true ? undefined : definitionOf(objects),
    },
    waitUntilUp: async (write, say) => {
      await waitForOperator(write, where, withinMs, say);
      await waitForWebhook(write, kind, withinMs, say);
    },
  };
}

async function foundOperator(read: Readers, { words, install, objects }: Consumer): Promise<string | undefined> {
  const [defined, running] = await Promise.all([
    objects === undefined ? true : read.kube.get(definitionOf(objects)).then((found) => found !== undefined),
    operatorRuns(read, install.chart),
  ]);
  // Helm leaves the definitions of a chart's folder crds behind: they alone are no operator.
  return defined && running ? `${words.title} is there already` : undefined;
}
