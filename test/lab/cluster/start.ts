import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { children, identify, isAlive } from "../machine/process.ts";
import { waitFor } from "../machine/wait.ts";
import { clusterFolder, nodeProgram } from "../state/paths.ts";
import type { LabPaths } from "../state/paths.ts";
import { addRecord } from "../state/record.ts";
import type { ClusterRecord } from "../state/record.ts";
import { writeOrder } from "./inside.ts";
import type { ClusterOrder } from "./inside.ts";

const namespaces = ["--net", "--mount", "--pid", "--fork", "--mount-proc", "--propagation", "private", "--kill-child"];

/** Starts a cluster under an init in namespaces of its own, and puts it on record before it does anything. */
export async function startCluster(paths: LabPaths, order: ClusterOrder): Promise<ClusterRecord> {
  const folder = clusterFolder(paths, order.cluster);
  mkdirSync(join(folder, "logs"), { recursive: true });
  writeOrder(folder, order);
  const child = spawnHolder(folder);
  const record = await identifyCluster(order, child.pid);
  addRecord(paths, record);
  child.stdin?.end("go\n");
  child.unref();
  return record;
}

/** Waits until pods can run in it; false where they could already. */
export async function clusterReady(paths: LabPaths, record: ClusterRecord): Promise<boolean> {
  if (existsSync(join(clusterFolder(paths, record.cluster), "ready"))) return false;
  await clusterSays(paths, record, "ready");
  return true;
}

/** Waits until in a cluster that was started again all is as before. */
export async function clusterAwake(paths: LabPaths, record: ClusterRecord): Promise<void> {
  await clusterSays(paths, record, "awake");
}

/** A file says it; where the cluster ends before, its last words are thrown. */
async function clusterSays(paths: LabPaths, record: ClusterRecord, word: "ready" | "awake"): Promise<void> {
  const folder = clusterFolder(paths, record.cluster);
  await waitFor(`cluster ${record.cluster} ${word} (logs: ${join(folder, "logs")})`, 180, () => {
    const ended = endOf(paths, record);
    if (ended !== undefined) throw ended;
    return existsSync(join(folder, word));
  });
}

function spawnHolder(folder: string) {
  const main = join(import.meta.dirname, "main.ts");
  const log = openSync(join(folder, "logs/main.log"), "a");
  const init = ["tini", "--", nodeProgram, main, folder];
  // Detached: a signal to the terminal's process group is not for the cluster.
  return spawn("unshare", [...namespaces, ...init], { detached: true, stdio: ["pipe", log, log] });
}

async function identifyCluster(order: ClusterOrder, pid: number | undefined): Promise<ClusterRecord> {
  if (pid === undefined) throw new LabError("unshare does not start");
  const [holder, init] = await waitFor("first process of the cluster", 10, () => {
    const child = children(pid)[0];
    const found = [identify(pid), child === undefined ? undefined : identify(child)] as const;
    return found[0] && found[1] ? ([found[0], found[1]] as const) : undefined;
  });
  return { cluster: order.cluster, id: order.id, holder, init };
}

/** Why a cluster ended, in its own last words or those of its log; nothing where it still runs. */
export function endOf(paths: LabPaths, { cluster, init }: ClusterRecord): LabError | undefined {
  if (isAlive(init)) return undefined;
  const folder = clusterFolder(paths, cluster);
  const failed = join(folder, "failed");
  const reason = existsSync(failed)
    ? readFileSync(failed, "utf8")
    : `it was killed. ${readFileSync(join(folder, "logs/main.log"), "utf8").slice(-1000)}`;
  return new LabError(`${cluster} ended: ${reason}\nLogs: ${join(folder, "logs")}`);
}
