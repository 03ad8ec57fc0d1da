// The first process of a cluster after its init: runs in the cluster's namespaces, and everything ends with it.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { kubeClient } from "./client.ts";
import { LAB, readOrder } from "./inside.ts";
import type { Cluster } from "./inside.ts";
import { loadBalancers } from "./loops/load-balancers.ts";
import { makeVolumes, recycleVolumes } from "./loops/volumes.ts";
import { makeCertificates } from "./node/certificates.ts";
import { makeCgroups } from "./node/cgroups.ts";
import { privateMounts } from "./node/mounts.ts";
import { makeNetwork } from "./node/network.ts";
import { apiServer } from "./programs/api-server.ts";
import { containerd } from "./programs/containerd.ts";
import { controllerManager, scheduler } from "./programs/controllers.ts";
import { dns } from "./programs/dns.ts";
import { etcd } from "./programs/etcd.ts";
import { kubelet } from "./programs/kubelet.ts";
import type { Program } from "./programs/program.ts";
import { inLab } from "./programs/program.ts";
import { proxy } from "./programs/proxy.ts";
import { apiReady, nodeReady } from "./ready.ts";
import { keysOf } from "./wake/vault.ts";
import { wake, wellBefore } from "./wake/wake.ts";
import { start } from "./supervise.ts";

process.env["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
// Go's garbage collector runs when a heap has doubled; here processors are scarcer than memory.
process.env["GOGC"] = "300";

/** The cluster's folder: as the whole machine sees it, and then under its short name. */
let folder = process.argv[2] ?? LAB;

await run().catch((error: unknown) => fail(String(error)));

async function run(): Promise<void> {
  await goAhead();
  const cluster = readOrder(folder);
  const keys = keysOf(dirname(folder), cluster.spec.name);
  prepare(cluster);
  startAll([containerd(cluster)]);
  if (cluster.again !== true) await makeCertificates(cluster);
  startAll([etcd(cluster), apiServer(cluster)]);
  const kube = kubeClient();
  await apiReady(kube);
  const [since, before] = [ofThisSecond(), cluster.again === true ? await wellBefore(kube, keys) : undefined];
  startAll([controllerManager(cluster), scheduler(cluster), kubelet(cluster), proxy(cluster), dns(cluster)]);
  await Promise.all([before ?? makeVolumes(kube), nodeReady(kube, cluster, since)]);
  writeFileSync(inLab("ready"), "");
  const balance = loadBalancers(cluster.spec);
  const woken = before === undefined ? undefined : wake(kube, before, since).then(() => writeFileSync(inLab("awake"), ""));
  await Promise.all([woken, again(500, () => balance(kube)), again(2000, () => recycleVolumes(kube))]);
}

/** Kubernetes says times in whole seconds. */
function ofThisSecond(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000);
}

/** `up` says so when it has put our id on record: without a record nobody could ever end us. */
async function goAhead(): Promise<void> {
  const end = once(process.stdin, "end").then(() => fail("`up` ended before the cluster began"));
  await Promise.race([once(process.stdin, "data"), end]);
  process.stdin.destroy();
}

function prepare(cluster: Cluster): void {
  privateMounts(folder);
  folder = LAB;
  makeCgroups(cluster.id);
  makeNetwork(cluster.spec);
}

function startAll(programs: Program[]): void {
  for (const program of programs) start(program, fail);
}

/** Does for ever what a cloud does for a cluster: addresses for load balancers, and storage. */
async function again(milliseconds: number, work: () => Promise<void>): Promise<never> {
  for (;;) {
    await work().catch((error: unknown) => console.error(String(error)));
    await delay(milliseconds);
  }
}

function fail(reason: string): never {
  console.error(reason);
  writeFileSync(join(folder, "failed"), reason);
  process.exit(1);
}
