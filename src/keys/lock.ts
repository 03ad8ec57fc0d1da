import { unlink } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { CliError } from "../core/errors.ts";
import { fateOf, giveUp, newHolder, whoIs, type Holder } from "../core/holder.ts";
import { failure, kinds } from "../errors.ts";
import { makeFolder } from "./files.ts";
import { breakLock, lockedBy, sweep, tryLock } from "./lock-file.ts";
import type { KeyFiles } from "./place.ts";

/** The lock of a key file, while this run has it. */
export interface KeyLock {
  /** Of this run: what it leaves beside the keys bears it. */
  readonly nonce: string;
  /** Throws CliError VK1513 where somebody took it over. */
  stillHeld(): Promise<void>;
  letGo(): Promise<void>;
}

/**
 * Takes the lock of a key file. That of a process which is gone is taken over; that of another machine, or of one where nobody can tell, only
 * when that was asked for.
 * @throws CliError VK1513 with who has it, and the system's error.
 */
export async function lockKeys(files: KeyFiles, takeOver: boolean): Promise<KeyLock> {
  await makeFolder(path.dirname(files.lock));
  const holder = newHolder();
  try {
    await acquire(files, holder, takeOver);
    await sweep(files.lock, holder);
  } catch (error) {
    giveUp(holder);
    throw error;
  }
  return {
    nonce: holder.nonce,
    stillHeld: async () => {
      if (!(await holds(files, holder))) throw lostIt(files);
    },
    letGo: async () => {
      if (await holds(files, holder)) await unlink(files.lock);
      giveUp(holder);
    },
  };
}

/** How often another process that is about to take away the same lock is looked for, and how long between two looks, in milliseconds. */
const looks = { times: 50, everyMs: 20 };

async function acquire(files: KeyFiles, me: Holder, takeOver: boolean): Promise<void> {
  for (let time = 0; ; time += 1) {
    if (await tryLock(files.lock, me)) return;
    const found = await holderOf(files);
    if (found === undefined) continue;
    if (isInTheWay(found, takeOver) || time > looks.times) throw underWay(files, found);
    if (!(await breakLock(files.lock, found, me))) await delay(looks.everyMs);
  }
}

/** One that runs here for sure is not taken over, whoever asks for it. */
function isInTheWay(holder: Holder, takeOver: boolean): boolean {
  const fate = fateOf(holder);
  return fate === "runs" || (fate === "unknown" && !takeOver);
}

async function holderOf({ lock }: KeyFiles): Promise<Holder | undefined> {
  const found = await lockedBy(lock);
  if (found?.kind !== "foreign") return found?.holder;
  throw failure(kinds.badInput, {
    what: `${lock} is not a lock of vault-k8s`,
    why: "A lock says in JSON who holds it.",
    fix: "Move it away, or name another key file with --init-file.",
  });
}

/** Throws VK1513 while another run has the lock: what it leaves is not to be judged yet. */
export async function refuseLocked(files: KeyFiles, takeOver: boolean): Promise<void> {
  const holder = await holderOf(files);
  if (holder !== undefined && isInTheWay(holder, takeOver)) throw underWay(files, holder);
}

async function holds({ lock }: KeyFiles, { nonce }: Holder): Promise<boolean> {
  const found = await lockedBy(lock);
  return found?.kind === "holder" && found.holder.nonce === nonce;
}

function underWay({ lock }: KeyFiles, holder: Holder): CliError {
  const unknown = fateOf(holder) === "unknown";
  return failure(kinds.runUnderWay, {
    what: "Another run is at work with these keys",
    why: `${whoIs(holder)} holds ${lock}.`,
    fix: unknown
      ? "From here nobody can tell whether it still runs. Wait until it has ended. If you know that it has, because its machine is gone for instance: the same command with --take-over."
      : "Wait until it has ended, then run the same command again.",
  });
}

const lostIt = ({ lock }: KeyFiles): CliError =>
  failure(kinds.runUnderWay, {
    what: "Another run has taken over these keys",
    why: `${lock} is no longer of this run: somebody said --take-over, or took it away. Nothing more was done.`,
    fix: "Wait until it has ended, then run the same command again: it looks at what is there.",
  });
