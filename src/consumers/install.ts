import { milliseconds, seconds } from "../core/duration.ts";
import type { Plain } from "../core/compare.ts";
import type { Settings } from "../config/fields.ts";
import type { Readers } from "../systems/world.ts";
import { helmRelease, type ReleaseSpec } from "../kubernetes/helm/release.ts";
import { namespace } from "../kubernetes/namespace.ts";
import { toFindAddress } from "../systems/reach.ts";
import {
  crdFor,
  deploymentsReady,
  operatorNeeds,
  operatorRuns,
  waitForOperator,
  waitForOperatorCommand,
  waitForWebhook,
} from "./operator-ready.ts";
import { kesCa, kesTrust } from "./kes/trust.ts";
import { operators } from "./kinds.ts";
import { operatorNeeded } from "./operator-needed.ts";
import { defineStep } from "../systems/step.ts";

const inputs = [
  "operator",
  "operatorNamespace",
  "operatorServiceAccount",
  "operatorRelease",
  "operatorChart",
  "operatorChartRepo",
  "operatorChartVersion",
  "operatorValues",
  "operatorSet",
  "authMount",
  "roleName",
  "vaultNamespace",
  "consumerVaultAddr",
  "installNamespace",
  "release",
  "caCert",
  "helm",
  "timeout",
] as const;
type Inputs = Pick<Settings, (typeof inputs)[number]>;

/** The operator that copies secrets, with a service account of its own. */
export const externalSecrets = defineStep({
  id: "external-secrets",
  title: "Install the external-secrets operator",
  inputs,
  resources: (settings) => [
    namespace(settings.operatorNamespace),
    ...(settings.operator === "kes" ? [kesCa(settings.operatorNamespace, settings.operatorRelease ?? operators.kes.release)] : []),
    helmRelease(release(settings)),
  ],
});

function release(settings: Inputs): ReleaseSpec {
  const known = operators[settings.operator];
  const name = settings.operatorRelease ?? known.release;
  const withinMs = milliseconds(settings.timeout);
  const where = { namespace: settings.operatorNamespace, release: name };
  return {
    namespace: settings.operatorNamespace,
    name,
    chart: {
      chart: settings.operatorChart ?? known.chart,
      repo: settings.operatorChartRepo ?? known.repo,
      version: settings.operatorChartVersion,
    },
    values: settings.operator === "eso" ? esoValues(settings) : kesValues(settings),
    ...(known.notice !== undefined && { notice: known.notice }),
    ...(settings.operator === "kes" && { lateValues: kesVault }),
    valuesFiles: settings.operatorValues,
    sets: settings.operatorSet,
    alsoNeeds: (read) => [
      ...operatorNeeds(settings.operator),
      ...(settings.operator === "kes" ? toFindAddress(read, settings.installNamespace) : []),
    ],
    waits: true,
    elsewhere: (read) => foundOperator(read, settings.operator),
    isUp: (read) => deploymentsReady(read, where),
    waitCommand: (context) => waitForOperatorCommand(where, settings.operator, context, seconds(settings.timeout)),
    removal: {
      stays: (read, policy) => operatorNeeded(read, settings.operator, policy),
      definition: settings.operator === "kes" ? crdFor("kes") : undefined,
    },
    waitUntilUp: async (write, say) => {
      await waitForOperator(write, where, withinMs, say);
      if (settings.operator === "eso") await waitForWebhook(write, withinMs, say);
    },
  };
}

const esoValues = ({ operatorServiceAccount }: Inputs): Readonly<Record<string, Plain>> => ({
  serviceAccount: { create: true, name: operatorServiceAccount },
});

const kesValues = ({ operatorServiceAccount, authMount, roleName, vaultNamespace }: Inputs): Readonly<Record<string, Plain>> => ({
  serviceAccount: { create: true, name: operatorServiceAccount },
  env: {
    DEFAULT_VAULT_MOUNT_POINT: authMount,
    DEFAULT_VAULT_ROLE: roleName,
    ...(vaultNamespace !== undefined && { VAULT_NAMESPACE: vaultNamespace }),
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

async function foundOperator(read: Readers, operator: Settings["operator"]): Promise<string | undefined> {
  const [crd, running] = await Promise.all([read.kube.get(crdFor(operator)), operatorRuns(read, operators[operator].chart)]);
  // Helm leaves the definitions of a chart's folder crds behind: they alone are no operator.
  return crd === undefined || !running ? undefined : `${operators[operator].title} is there already`;
}
