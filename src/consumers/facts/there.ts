import type { KubeReader } from "../../systems/world.ts";
import { consumerKinds, kindNames, type ConsumerKind } from "../kinds.ts";
import { deploymentsOfChart } from "./deployments.ts";

/** An operator that runs in the cluster, whoever installed it. */
export interface OperatorThere {
  readonly kind: ConsumerKind;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The Helm release that it says it is of. */
  readonly release: string | undefined;
  /** Variables that say their value themselves. */
  readonly env: Readonly<Record<string, string>>;
}

/** Every deployment of an operator that we know. Throws VK1105. */
export async function operatorsThere(kube: KubeReader): Promise<OperatorThere[]> {
  const found = await Promise.all(
    kindNames.map(async (kind) => ({ kind, all: await deploymentsOfChart(kube, consumerKinds[kind].install.chart) })),
  );
  return found.flatMap(({ kind, all }) =>
    all.map(({ namespace, account, release, env }) => ({ kind, namespace, serviceAccount: account || "default", release, env })),
  );
}
