import { existsSync, rmSync } from "node:fs";
import type { Component } from "../build/index.ts";
import type { Say } from "../commands/say.ts";
import { writeKubeconfig } from "../state/kubeconfig.ts";
import type { LabPaths } from "../state/paths.ts";
import { readRecord, running } from "../state/record.ts";
import type { ClusterRecord } from "../state/record.ts";
import { endCluster } from "./end.ts";
import { joinClusters } from "./link.ts";
import { clusters } from "./spec.ts";
import { clusterReady, startCluster } from "./start.ts";

type Pair = readonly [ClusterRecord, ClusterRecord];
type Builds = Pick<Record<Component, Promise<string>>, "etcd" | "kubernetes" | "coredns">;

/** Ends both clusters unless both run: what a killed lab left behind must be gone before a new one starts. */
export async function endUnlessWhole(paths: LabPaths, say: Say): Promise<void> {
  const whole = clusters.every(({ name }) => running(paths, name) !== undefined);
  if (whole || !existsSync(paths.folder)) return;
  say("removing what is left of a lab that ended");
  await endAll(paths);
}

/** Ends what runs of the lab, and removes its state. */
export async function endAll(paths: LabPaths): Promise<void> {
  await Promise.all(readRecord(paths).map(endCluster));
  rmSync(paths.folder, { recursive: true, force: true });
}

/** Starts both clusters, as soon as what they are made of is built; one that runs stays as it is. */
export async function startBoth(paths: LabPaths, builds: Builds, say: Say): Promise<Pair> {
  const [etcd, kubernetes, coredns] = await Promise.all([builds.etcd, builds.kubernetes, builds.coredns]);
  const started = clusters.map(async ({ name }) => {
    const there = running(paths, name);
    if (there !== undefined) return there;
    say(`starting ${name}`);
    const id = `${paths.id}-${name}`;
    return startCluster(paths, { cluster: name, id, programs: { etcd, kubernetes, coredns } });
  });
  return (await Promise.all(started)) as unknown as Pair;
}

/** Waits until both can run pods, joins their networks, and writes the kubeconfig. */
export async function bothReady(paths: LabPaths, pair: Pair, say: Say): Promise<void> {
  const waits = pair.map(async (record) => {
    if (await clusterReady(paths, record)) say(`${record.cluster} is ready`);
  });
  await Promise.all(waits);
  await joinClusters(...pair);
  writeKubeconfig(paths);
}
