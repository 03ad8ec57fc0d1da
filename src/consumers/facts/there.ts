import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { KubeReader } from "../../systems/world.ts";
import { operators } from "../kinds.ts";
import { deploymentsOfChart } from "./deployments.ts";

/** An operator that runs in the cluster, whoever installed it. */
export interface OperatorThere {
  readonly kind: ConsumerSpec["kind"];
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Every deployment of an operator that we know. Throws VK1105. */
export async function operatorsThere(kube: KubeReader): Promise<OperatorThere[]> {
  const kinds = Object.keys(operators) as ConsumerSpec["kind"][];
  const found = await Promise.all(kinds.map(async (kind) => ({ kind, all: await deploymentsOfChart(kube, operators[kind].chart) })));
  return found.flatMap(({ kind, all }) => all.map(({ namespace, account }) => ({ kind, namespace, serviceAccount: account || "default" })));
}
