import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The process that holds a lock. Its start tells it from a later process that was given the same number. */
export interface Owner {
  readonly pid: number;
  readonly started: string;
}

/**
 * Takes the lock of this file for this process. Until it is free, calls `waiting` with its owner once a second, which says whether anything waits for
 * it: where nothing does, the process may end meanwhile.
 */
export async function takeLock(file: string, waiting: (owner: Owner) => boolean): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) ?? "" } satisfies Owner);
  while (!placed(file, mine)) {
    const text = readIfThere(file);
    const owner = text === undefined ? undefined : ownerIn(text);
    if (text !== undefined && (owner === undefined || !isRunning(owner))) breakLock(file, text);
    else if (owner !== undefined) await pause(owner, waiting);
  }
  const release = (): void => rmSync(file, { force: true });
  process.once("exit", release);
  return () => {
    process.removeListener("exit", release);
    release();
  };
}

async function pause(owner: Owner, waiting: (owner: Owner) => boolean): Promise<void> {
  await sleep(1000, undefined, { ref: waiting(owner) });
}

/** Puts a lock there unless there is one. It appears with its text in it, so nobody ever reads half a lock. */
function placed(file: string, text: string): boolean {
  const own = `${file}.${randomUUID()}`;
  writeFileSync(own, text);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(own);
  }
}

/** Moves a lock aside that was left behind, and back where in the meantime another process has taken it. */
function breakLock(file: string, seen: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (readIfThere(aside) !== seen) linkSync(aside, file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isRunning(owner: Owner): boolean {
  return startOf(owner.pid) === owner.started;
}

/** When a process started, in the kernel's count; nothing where there is no such process. */
function startOf(pid: number): string | undefined {
  // The second field, the program's name, may hold spaces and brackets: the rest begins after the last one.
  return readIfThere(`/proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ")[19];
}

function ownerIn(text: string): Owner | undefined {
  try {
    const { pid, started }: Partial<Owner> = JSON.parse(text);
    return pid === undefined || started === undefined ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ESRCH") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
