import { readdirSync, readFileSync } from "node:fs";
import { execa } from "execa";
import { waitFor } from "../machine/wait.ts";
import type { ClusterRecord } from "../state/record.ts";

/**
 * Does something while no process of the clusters runs. They do not notice: what they had written until then is what a machine keeps whose
 * processes are killed, and a database that stands that, stands this.
 */
export async function frozen<T>(clusters: readonly ClusterRecord[], work: () => Promise<T>): Promise<T> {
  try {
    await Promise.all(clusters.map(stop));
    return await work();
  } finally {
    await Promise.all(clusters.map((cluster) => signal(cluster, "CONT")));
  }
}

async function stop(cluster: ClusterRecord): Promise<void> {
  await signal(cluster, "STOP");
  await waitFor(`all of ${cluster.cluster} stands still`, 10, () => processesOf(cluster).every(standsStill));
}

/** To all processes of its namespace but the first, the pods' processes among them. */
async function signal({ init }: ClusterRecord, name: "STOP" | "CONT"): Promise<void> {
  await execa("nsenter", ["--target", String(init.pid), "--pid", "--", "sh", "-c", `kill -${name} -1`]);
}

/** What the cluster's own /proc says of each process but the first. */
function processesOf({ init }: ClusterRecord): string[] {
  const proc = `/proc/${init.pid}/root/proc`;
  const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name) && name !== "1");
  return pids.map((pid) => read(`${proc}/${pid}/stat`));
}

/** Stopped, or dead; a process that has just gone says nothing. */
function standsStill(stat: string): boolean {
  return stat === "" || /^[TtZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
