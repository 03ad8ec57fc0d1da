import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import { shareDocument } from "./documents.ts";
import type { Sinks } from "./choose-sinks.ts";
import { moveFormer } from "./former.ts";
import { lockKeys, type KeyLock } from "./lock.ts";
import { readMark } from "./mark.ts";
import type { Origin } from "./origin.ts";
import { beside, keyFiles, type KeyFiles } from "./place.ts";
import { whyOf, type Sink } from "./sink.ts";
import type { FileId, Room } from "./spool.ts";

export interface CustodyOptions {
  /** Where the key file is or would be; what is known of the keys stands beside it. Undefined when nothing says it: then none can be kept. */
  readonly file: () => Promise<string | undefined>;
  /** For people, while the file is not looked for. */
  readonly title: string;
  /** Which Vault the keys belong to; asked when keys are read or about to be made. */
  readonly origin: () => Promise<Origin>;
  readonly sinks: (file: string) => Sinks;
  readonly acceptUnproven: boolean;
  /** How many shares unseal. */
  readonly threshold: number;
  /** Whether a lock is taken over of which nobody can tell whether its holder still runs. */
  readonly takeOver?: boolean | undefined;
}

/** A custody whose place is found. */
export interface Custody {
  readonly files: KeyFiles;
  readonly sinks: Sinks;
  readonly options: CustodyOptions;
  /** Room for the answer of init, while Vault is asked. */
  room?: Room | undefined;
  /** The file that was that room, once it holds the answer. */
  spooled?: FileId | undefined;
  /** While this run writes beside the keys. */
  held?: Held | undefined;
  /** The lock was taken by an init, and goes when that is settled or abandoned. */
  untilSettled?: boolean | undefined;
}

/** The lock of this run. */
export interface Held {
  readonly lock: KeyLock;
  /** Of this run, and of the one that left the mark which stood there when the lock was taken: only their marks are taken away. */
  readonly nonces: ReadonlySet<string | undefined>;
}

export async function open(options: CustodyOptions): Promise<Custody | undefined> {
  const file = await options.file();
  if (file === undefined) return undefined;
  const files = keyFiles(file);
  return { files, sinks: options.sinks(files.keys), options };
}

/**
 * Takes the lock, unless this run has it: then no other run writes beside these keys. What stands under names of earlier versions is moved.
 * @throws CliError VK1513, VK1502.
 */
export async function hold(custody: Custody): Promise<Held> {
  if (custody.held !== undefined) return custody.held;
  const { files, sinks, options } = custody;
  const lock = await refused(files.lock, () => lockKeys(files, options.takeOver === true));
  try {
    await refused(files.keys, () => moveFormer(files, sharesBeside(files, sinks)));
    const mark = await readMark(files);
    return (custody.held = { lock, nonces: new Set(mark === undefined ? [lock.nonce] : [lock.nonce, mark.nonce]) });
  } catch (error) {
    await lock.letGo();
    throw error;
  }
}

const sharesBeside = ({ keys }: KeyFiles, { holders }: Sinks): (readonly [string, string])[] =>
  holders.map(({ name }) => [shareDocument(name), beside(keys, shareDocument(name))] as const);

/** Gives the lock back. */
export async function letGo(custody: Custody): Promise<void> {
  const { held } = custody;
  custody.held = undefined;
  await held?.lock.letGo();
}

/** Works under the lock, and gives it back where it was not held before. */
export async function underLock<T>(custody: Custody, work: (held: Held) => Promise<T>): Promise<T> {
  const before = custody.held;
  try {
    return await work(await hold(custody));
  } finally {
    if (before === undefined) await letGo(custody);
  }
}

export function nowhere(): never {
  throw failure(kinds.keysNotWritable, {
    what: "Nothing says where the unseal keys are kept",
    fix: "Name the cluster with --cluster, or the file with --init-file.",
  });
}

export const titles = (sinks: readonly Sink[]): string[] => sinks.map(({ title }) => title);

const own = [kinds.badValue, kinds.badInput, kinds.interrupted, kinds.runUnderWay];

/** Mistakes of the user keep their own words; what a place or a system does not let happen is told with the place. */
export async function refused<T>(title: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError && own.some((kind) => kind === error.kind)) throw error;
    throw failure(kinds.keysNotWritable, {
      what: `Nothing can be kept in ${title}`,
      why: whyOf(error),
      fix: "Mend that, or name another place (--init-file and the --keys flags).",
    });
  }
}
