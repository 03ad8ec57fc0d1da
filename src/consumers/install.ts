import type { Plain } from "../core/compare.ts";
import type { ConsumerSpec } from "../config/spec/consumer.ts";
import type { Spec } from "../config/spec.ts";
import type { Readers } from "../systems/world.ts";
import { helmRelease, type ReleaseSpec } from "../kubernetes/helm/release.ts";
import { namespace } from "../kubernetes/namespace.ts";
import { toFindAddress } from "../systems/reach.ts";
import { crdFor } from "./facts/served.ts";
import {
  deploymentsReady,
  operatorNeeds,
  operatorRuns,
  waitForOperator,
  waitForOperatorCommand,
  waitForWebhook,
} from "./operator-ready.ts";
import { kesCa, kesTrust } from "./kes/trust.ts";
import { operators, releaseOf } from "./kinds.ts";
import { operatorNeeded } from "./operator-needed.ts";
import { defineStep } from "../systems/step.ts";

/** The operator that copies secrets, with a service account of its own. */
export const externalSecrets = defineStep({
  id: "external-secrets",
  title: "Install the external-secrets operator",
  resources: (spec) =>
    spec.consumers.flatMap((consumer) => [
      namespace(consumer.namespace),
      ...(consumer.kind === "kes" ? [kesCa(consumer.namespace, releaseOf(consumer))] : []),
      helmRelease(release(spec, consumer)),
    ]),
});

function release(spec: Spec, consumer: ConsumerSpec): ReleaseSpec {
  const { kind, namespace, chart } = consumer;
  const known = operators[kind];
  const { timeoutMs: withinMs } = spec.run;
  const where = { namespace, release: releaseOf(consumer) };
  return {
    namespace,
    name: where.release,
    chart: { chart: chart.chart ?? known.chart, repo: chart.repo ?? known.repo, version: chart.version },
    values: kind === "eso" ? esoValues(consumer) : kesValues(spec, consumer),
    ...(known.notice !== undefined && { notice: known.notice }),
    ...(kind === "kes" && { lateValues: kesVault }),
    valuesFiles: consumer.valuesFiles,
    sets: consumer.sets,
    alsoNeeds: (read) => [...operatorNeeds(kind), ...(kind === "kes" ? toFindAddress(read, spec.vault.install.namespace) : [])],
    waits: true,
    elsewhere: (read) => foundOperator(read, kind),
    isUp: (read) => deploymentsReady(read, where),
    waitCommand: (context) => waitForOperatorCommand(where, kind, context, withinMs / 1000),
    removal: {
      stays: (read, policy) => operatorNeeded(read, kind, policy),
      definition: kind === "kes" ? crdFor("kes") : undefined,
    },
    waitUntilUp: async (write, say) => {
      await waitForOperator(write, where, withinMs, say);
      if (kind === "eso") await waitForWebhook(write, withinMs, say);
    },
  };
}

const esoValues = ({ serviceAccount }: ConsumerSpec): Readonly<Record<string, Plain>> => ({
  serviceAccount: { create: true, name: serviceAccount },
});

const kesValues = ({ vault, wiring }: Spec, { serviceAccount, login }: ConsumerSpec): Readonly<Record<string, Plain>> => ({
  serviceAccount: { create: true, name: serviceAccount },
  env: {
    DEFAULT_VAULT_MOUNT_POINT: wiring.authMount,
    DEFAULT_VAULT_ROLE: login.role,
    ...(vault.namespace !== undefined && { VAULT_NAMESPACE: vault.namespace }),
  },
});

// kes is told of Vault by its chart: an address and a CA that are known only when Vault is there.
async function kesVault(read: Readers): Promise<Readonly<Record<string, Plain>>> {
  const trust = await kesTrust(read);
  return {
    ...trust,
    env: { ...(trust["env"] as Readonly<Record<string, Plain>> | undefined), VAULT_ADDR: await read.where.consumerAddress() },
  };
}

async function foundOperator(read: Readers, operator: ConsumerSpec["kind"]): Promise<string | undefined> {
  const [crd, running] = await Promise.all([read.kube.get(crdFor(operator)), operatorRuns(read, operators[operator].chart)]);
  // Helm leaves the definitions of a chart's folder crds behind: they alone are no operator.
  return crd === undefined || !running ? undefined : `${operators[operator].title} is there already`;
}
