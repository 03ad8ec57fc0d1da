import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusters } from "./spec.ts";
import type { ClusterName, ClusterSpec } from "./spec.ts";

/** Where a cluster's own mount namespace shows the cluster's folder: short enough for every socket. */
export const LAB = "/run/lab";

/** What a cluster must know before its processes start; written by `up`, read by the cluster's main.ts. */
export interface ClusterOrder {
  readonly cluster: ClusterName;
  /** Name of its cgroups and its CNI network, unlike that of any other lab on the machine. */
  readonly id: string;
  /** It has run before: its files are there, and what ran then is to run again. */
  readonly again?: boolean;
  /** Folders of the built programs. */
  readonly programs: {
    readonly etcd: string;
    readonly kubernetes: string;
    readonly coredns: string;
  };
}

/** The order, with the cluster that it names. */
export interface Cluster extends ClusterOrder {
  readonly spec: ClusterSpec;
  readonly node: string;
}

/** Puts the order into the cluster's folder. */
export function writeOrder(folder: string, order: ClusterOrder): void {
  writeFileSync(join(folder, "order.json"), JSON.stringify(order));
}

/** Reads the order from the cluster's folder. */
export function readOrder(folder: string): Cluster {
  const order = JSON.parse(readFileSync(join(folder, "order.json"), "utf8")) as ClusterOrder;
  const spec = clusters.find(({ name }) => name === order.cluster);
  if (spec === undefined) throw new Error(`no cluster ${order.cluster}`);
  return { ...order, spec, node: `${spec.name}-node` };
}
