import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { hostname } from "node:os";
import type { HelmRelease } from "../world.ts";

/** The label of a release that names the process whose helm wrote it. */
export const runLabel = "vault-k8s.io/run";

/** Helm's own limit for one operation of ours, and the longest that one of somebody else is waited for, in milliseconds. */
export const longestMs = 10 * 60_000;

/** Releases that this process has a helm at work on. */
export const atWork = new Set<string>();

/** Helm's records know no host: two machines with one name would look alike, so the machine's own identity is in it too. */
async function machine(): Promise<string> {
  const id = await readFile("/etc/machine-id", "utf8").catch(() => "");
  return createHash("sha256").update(`${hostname()} ${id}`).digest("hex").slice(0, 16);
}

/** When a process began, in ticks since the machine did: a number that was given again does not look like the old process. proc_pid_stat(5), field 22. */
async function beganAt(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

/** What this process writes into `runLabel`. */
export const thisRun = async (): Promise<string> => `${await machine()}.${process.pid}.${(await beganAt(process.pid)) ?? "unknown"}`;

/**
 * Whether the helm that left a release pending has surely ended: it was of a process of ours on this machine that is gone, and no helm
 * is at work on the release here; or it began longer ago than helm works. "Not known" is no.
 */
export async function isCutOff({ name, namespace, labels, updated }: HelmRelease): Promise<boolean> {
  if (updated !== undefined && Date.now() - updated.getTime() > longestMs) return true;
  const run = labels[runLabel];
  if (run === undefined) return false;
  if (run === (await thisRun())) return !atWork.has(`${namespace}/${name}`);
  const [where, pid, began] = run.split(".");
  if (where !== (await machine()) || process.platform !== "linux" || (await beganAt(Number(pid))) === began) return false;
  return !(await helmRuns(namespace, name));
}

/** A helm may outlive the process that started it. */
async function helmRuns(namespace: string, name: string): Promise<boolean> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.map((line) => line.split("\0")).some((words) => ["upgrade", name, namespace].every((word) => words.includes(word)));
}
