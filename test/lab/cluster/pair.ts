import { existsSync, rmSync } from "node:fs";
import { componentFolder } from "../build/index.ts";
import type { Component } from "../build/index.ts";
import type { Say } from "../commands/say.ts";
import { LabError } from "../errors.ts";
import { writeKubeconfig } from "../state/kubeconfig.ts";
import type { LabPaths } from "../state/paths.ts";
import { readRecord, running } from "../state/record.ts";
import type { ClusterRecord } from "../state/record.ts";
import { removeAllButSaved } from "../state/saved.ts";
import { endCluster } from "./end.ts";
import { joinClusters } from "./link.ts";
import { clusters, prod } from "./spec.ts";
import type { ClusterName } from "./spec.ts";
import { clusterAwake, clusterReady, startCluster } from "./start.ts";

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
  await endClusters(paths);
  rmSync(paths.folder, { recursive: true, force: true });
}

/** The same, but what was saved stays. */
export async function endAllButSaved(paths: LabPaths): Promise<void> {
  await endClusters(paths);
  removeAllButSaved(paths);
}

/** Ends what runs of the lab; its files stay. */
export async function endClusters(paths: LabPaths): Promise<void> {
  await Promise.all(readRecord(paths).map(endCluster));
}

/** Both clusters, where both run. @throws LabError */
export function runningPair(paths: LabPaths): Pair {
  const pair = clusters.map(({ name }) => running(paths, name)).filter((record) => record !== undefined);
  if (pair.length < clusters.length) throw new LabError("The lab is not up: npm run lab -- up");
  return pair as unknown as Pair;
}

/** Starts both clusters with the files that they had. */
export async function startAgain(paths: LabPaths): Promise<Pair> {
  const [etcd, kubernetes, coredns] = (["etcd", "kubernetes", "coredns"] as const).map(componentFolder) as [string, string, string];
  const started = clusters.map(({ name }) =>
    startCluster(paths, { ...orderOf(paths, name), again: true, programs: { etcd, kubernetes, coredns } }),
  );
  return (await Promise.all(started)) as unknown as Pair;
}

/** Waits until the pods of before run again, and Vault is open. */
export async function bothAwake(paths: LabPaths, pair: Pair): Promise<void> {
  await Promise.all(pair.map((record) => clusterAwake(paths, record)));
}

const orderOf = ({ id }: LabPaths, cluster: ClusterName) => ({ cluster, id: `${id}-${cluster}` });

/** Starts both clusters, as soon as what they are made of is built; one that runs stays as it is. */
export async function startBoth(paths: LabPaths, builds: Builds, say: Say): Promise<Pair> {
  const [etcd, kubernetes, coredns] = await Promise.all([builds.etcd, builds.kubernetes, builds.coredns]);
  const started = clusters.map(async ({ name }) => {
    const there = running(paths, name);
    if (there !== undefined) return there;
    say(`starting ${name}`);
    return startCluster(paths, { ...orderOf(paths, name), programs: { etcd, kubernetes, coredns } });
  });
  return (await Promise.all(started)) as unknown as Pair;
}

/** Waits until they can run pods, joins their networks, and writes the kubeconfig: of eks-prod as soon as that is ready. */
export function bothReady(paths: LabPaths, pair: Pair, say: Say): { readonly first: Promise<void>; readonly both: Promise<void> } {
  const [first, second] = pair.map(async (record) => {
    if (await clusterReady(paths, record)) say(`${record.cluster} is ready`);
  }) as [Promise<void>, Promise<void>];
  const written = first.then(() => writeKubeconfig(paths, [prod]));
  const both = async (): Promise<void> => {
    await Promise.all([written, second]);
    await joinClusters(...pair);
    writeKubeconfig(paths, clusters);
  };
  return { first: written, both: both() };
}
