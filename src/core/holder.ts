import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";

/** Who holds a lock: enough to tell a person, and to tell whether that process still runs where it can be looked for. */
export interface Holder {
  /** Tells two locks of the same process apart. */
  readonly nonce: string;
  readonly user: string;
  readonly host: string;
  readonly process: number;
  /** RFC 3339. */
  readonly since: string;
  /** When the process was started, as the system counts; undefined where the system does not say. */
  readonly start?: string | undefined;
  /** The machine, this run of it, and the space in which process numbers count; undefined where the system does not say. */
  readonly machine?: string | undefined;
  readonly boot?: string | undefined;
  readonly space?: string | undefined;
}

/** Whether the process of a holder still runs. `unknown` where nobody can tell from here. */
export type Fate = "runs" | "gone" | "unknown";

/** Nonces of this process that still hold something. */
const holding = new Set<string>();

/** A holder for this process, until it is given up. */
export function newHolder(): Holder {
  const nonce = randomBytes(8).toString("hex");
  holding.add(nonce);
  return { nonce, user: userName(), host: hostname(), process: process.pid, since: new Date().toISOString(), ...whereabouts() };
}

/** From now on the holder holds nothing. */
export const giveUp = ({ nonce }: Holder): void => void holding.delete(nonce);

/** A holder for people. */
export const whoIs = ({ user, host, process: pid, since }: Holder): string => `${user}@${host} (process ${pid}, since ${since})`;

/**
 * Whether the process that left a holder still runs. It is looked for only on the same machine and among the same process numbers: what
 * another machine or container left may still run, whatever its number says.
 */
export function fateOf(holder: Holder): Fate {
  const here = whereabouts();
  if (holder.host !== hostname()) return "unknown";
  if (holder.boot !== here.boot) return known(holder.machine) && holder.machine === here.machine ? "gone" : "unknown";
  if (holder.space !== here.space) return "unknown";
  if (holder.process === process.pid && holder.start === here.start) return holding.has(holder.nonce) ? "runs" : "gone";
  if (!isRunning(holder.process)) return "gone";
  const start = startOf(holder.process);
  if (start === undefined || holder.start === undefined) return "unknown";
  return start === holder.start ? "runs" : "gone";
}

const known = (text: string | undefined): boolean => text !== undefined && text !== "";

const whereabouts = (): Pick<Holder, "start" | "machine" | "boot" | "space"> => ({
  start: startOf(process.pid),
  machine: textIn("/etc/machine-id"),
  boot: textIn("/proc/sys/kernel/random/boot_id"),
  space: orUndefined(() => readlinkSync("/proc/self/ns/pid")),
});

/** The 22nd field of /proc/PID/stat, proc_pid_stat(5); the second one, in brackets, may hold anything. */
function startOf(pid: number): string | undefined {
  return textIn(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, "")
    .split(" ")[19];
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const textIn = (file: string): string | undefined => orUndefined(() => readFileSync(file, "utf8").trim());

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const userName = (): string => orUndefined(() => userInfo().username) ?? "unknown";
