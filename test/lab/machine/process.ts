import { readFileSync } from "node:fs";

/** One process of this boot. A process id alone may name another process later. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks from boot to its start. */
  readonly startedAt: string;
  readonly boot: string;
}

/** What to remember of a running process, or undefined where there is none. */
export function identify(pid: number): ProcessId | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in brackets and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startedAt] = [fields[0], fields[19]];
  if (startedAt === undefined || state === "Z" || state === "X") return undefined;
  return { pid, startedAt, boot: read("/proc/sys/kernel/random/boot_id")?.trim() ?? "" };
}

/** Whether that very process still runs. */
export function isAlive(id: ProcessId): boolean {
  const now = identify(id.pid);
  return now !== undefined && now.startedAt === id.startedAt && now.boot === id.boot;
}

/** Kills that very process; one that took over its number is left alone. */
export function kill(id: ProcessId): void {
  if (!isAlive(id)) return;
  try {
    process.kill(id.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The ids of the processes that a process started and that still run. */
export function children(pid: number): number[] {
  const list = read(`/proc/${pid}/task/${pid}/children`) ?? "";
  return list.split(" ").filter(Boolean).map(Number);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // the process has ended
  }
}
