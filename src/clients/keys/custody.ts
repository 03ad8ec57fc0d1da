import path from "node:path";
import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { InitUnderWay, Keys, KeysWriter } from "../world.ts";
import type { Sinks } from "./choose-sinks.ts";
import { initDocument, json, keysText, tokenDocument, tokenText } from "./documents.ts";
import { makeFolder, replaceFile } from "./files.ts";
import { gatherKeys, gatherToken } from "./gather.ts";
import { handOut, places, type NotTaken } from "./hand-out.ts";
import { readMark, refuseOtherRun, removeMark, writeMark } from "./mark.ts";
import { keyFiles, readOrigin, type KeyFiles, type Origin } from "./place.ts";
import { prove, refuseOther, whyOf, type Sink } from "./sink.ts";
import { fill, release, reserve, wholeAnswer, type Room } from "./spool.ts";
import { refuseUnproven, warningsOf } from "./unproven.ts";

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
}

/** A custody whose place is found. */
export interface Custody {
  readonly files: KeyFiles;
  readonly sinks: Sinks;
  readonly options: CustodyOptions;
  /** Room for the answer of init, while Vault is asked. */
  room?: Room | undefined;
}

/** The unseal keys and tokens of one Vault, in the sinks that the user named; docs/keys.md says what is promised. */
export function keyCustody(options: CustodyOptions): KeysWriter {
  let known: Promise<Custody | undefined> | undefined;
  let title = options.title;
  const look = (): Promise<Custody | undefined> =>
    (known ??= open(options).then((custody) => {
      if (custody !== undefined) title = titles(custody.sinks.main).join(" and ");
      else known = undefined;
      return custody;
    }));
  const needed = async (): Promise<Custody> => (await look()) ?? nowhere();
  const ifKnown = async <T>(ask: (custody: Custody) => Promise<T>, otherwise: T): Promise<T> => {
    const custody = await look();
    return custody === undefined ? otherwise : ask(custody);
  };
  return {
    describe: () => title,
    plan: async () => plan(await needed()),
    read: () => ifKnown(gatherKeys, undefined),
    token: () => ifKnown(gatherToken, undefined),
    initWasLost: () => ifKnown(wasLost, false),
    underWay: () => ifKnown(underWay, undefined),
    vaultClusterId: () => ifKnown(async ({ files }) => (await readOrigin(files))?.vaultClusterId, undefined),
    prepare: async (init) => prepare(await needed(), init),
    keep: async (keys) => keep(await needed(), keys),
    complete: async () => complete(await needed()),
    settled: async () => removeMark((await needed()).files),
    keepToken: async (token) => keepToken(await needed(), token),
    learnVaultClusterId: (id) => ifKnown((custody) => learn(custody, id), undefined),
    abandon: async () => abandon(await needed()),
  };
}

async function open(options: CustodyOptions): Promise<Custody | undefined> {
  const file = await options.file();
  if (file === undefined) return undefined;
  const files = keyFiles(file);
  return { files, sinks: options.sinks(files.keys), options };
}

function nowhere(): never {
  throw failure(kinds.keysNotWritable, {
    what: "Nothing says where the unseal keys are kept",
    fix: "Name the cluster with --cluster, or the file with --init-file.",
  });
}

const titles = (sinks: readonly Sink[]): string[] => sinks.map(({ title }) => title);

/** Reads only: what keeps keys from being made here is told before anything is done. */
async function plan(custody: Custody): Promise<string[]> {
  refuseUnproven(custody.sinks, custody.options);
  await refuseExisting(custody);
  return warningsOf(custody.sinks);
}

async function refuseExisting(custody: Custody): Promise<void> {
  const { files, sinks } = custody;
  const all = [...places(sinks), ...sinks.others.map((sink) => ({ sink, document: initDocument }))];
  const found = await titlesWith(all);
  const left = (await wholeAnswer(files)) === undefined ? [] : [files.spool];
  const [first] = [...found, ...left];
  if (first === undefined) return refuseOldToken(custody);
  throw failure(kinds.keysExist, {
    what: `There are keys already: ${first}`,
    why: "No Vault pod is initialised, so they are those of a Vault that is gone, or whose volumes are. Keys are never overwritten: they may be all that opens a backup.",
    fix: "If its volumes can come back, bring them back. Else move the keys away, or name another place (--init-file).",
  });
}

/** Beside new keys it would be taken for the token of the new Vault, which does not know it. */
async function refuseOldToken({ files, sinks }: Custody): Promise<void> {
  const [first] = await titlesWith([...sinks.main, ...sinks.others].map((sink) => ({ sink, document: tokenDocument })));
  if (first === undefined) return;
  throw failure(kinds.keysExist, {
    what: `There is the token of an earlier Vault: ${tokenDocument} beside ${first}`,
    why: "No Vault pod is initialised, so it is of a Vault that is gone, or whose volumes are. Beside new keys every run would use it, and the new Vault would not know it.",
    fix: `If its volumes can come back, bring them back. Else move ${path.basename(files.token)} away with the keys that it belongs to, or name another place (--init-file).`,
  });
}

async function titlesWith(all: readonly { readonly sink: Sink; readonly document: string }[]): Promise<string[]> {
  const found = await Promise.all(all.map(async ({ sink, document }) => ((await sink.has(document)) === true ? [sink.title] : [])));
  return found.flat();
}

async function prepare(custody: Custody, { node, bytes }: { readonly node: string; readonly bytes: number }): Promise<void> {
  const { files, sinks, options } = custody;
  await refuseOtherRun(files);
  refuseUnproven(sinks, options);
  await refuseExisting(custody);
  const origin = {
    ...(await options.origin()),
    keptIn: [...titles(sinks.main), ...sinks.holders.map(({ name, sink }) => `${name}: ${sink.title}`)],
  };
  for (const { sink } of places(sinks)) await refused(sink.title, () => prove(sink, bytes));
  await refused(path.dirname(files.keys), async () => {
    await makeFolder(path.dirname(files.keys));
    await replaceFile(files.origin, json(origin));
    custody.room = await reserve(files, bytes * 2);
    await writeMark(files, node, origin);
  });
}

/** Mistakes of the user keep their own words; what a place or a system does not let happen is told with the place. */
async function refused(title: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CliError && [kinds.badValue, kinds.badInput, kinds.interrupted].some((kind) => kind === error.kind)) throw error;
    throw failure(kinds.keysNotWritable, {
      what: `Nothing can be kept in ${title}`,
      why: whyOf(error),
      fix: "Mend that, or name another place (--init-file and the --keys flags).",
    });
  }
}

/** The answer of init: first into the room that was taken for it, then to every sink, each read back. */
async function keep(custody: Custody, keys: Keys): Promise<void> {
  const { files, sinks } = custody;
  const unspooled = await fillSpool(custody, keys).then(() => undefined, whyOf);
  const failed = await handOut(sinks, keys, { spool: unspooled === undefined ? files.spool : undefined, again: true });
  if (failed.length === 0) return delivered(custody);
  if (unspooled === undefined) throw incomplete(failed, files.spool);
  const whole = sinks.holders.length === 0 && failed.length < sinks.main.length;
  throw whole ? incomplete(failed, "the others") : await rescued(custody, keys, [...failed, { title: files.spool, why: unspooled }]);
}

async function fillSpool(custody: Custody, keys: Keys): Promise<void> {
  const { room } = custody;
  custody.room = undefined;
  await fill(custody.files, await custody.sinks.sealing.seal(keysText(keys)), room);
}

/** Every sink has what belongs into it. Where nothing can be read back there is nothing more to prove, and the mark goes too. */
async function delivered({ files, sinks }: Custody): Promise<void> {
  await refused(files.spool, async () => {
    if (sinks.main.every(({ unproven }) => unproven !== undefined)) await removeMark(files);
    await release(files);
  });
}

function incomplete(failed: readonly NotTaken[], safe: string): CliError {
  return failure(kinds.custodyIncomplete, {
    what: `The keys are safe in ${safe}, but not yet everywhere they belong`,
    why: failed.map(({ title, why }) => `${title}: ${why}`).join("\n"),
    fix: "Mend that and run the same command again: it puts them there. Vault is initialised, and nothing was lost.",
  });
}

async function rescued({ sinks }: Custody, keys: Keys, failed: readonly NotTaken[]): Promise<CliError> {
  for (const sink of sinks.rescue) {
    const taken = await sink.add(initDocument, keysText(keys)).then(
      () => true,
      () => false,
    );
    if (taken) return incomplete(failed, sink.title);
  }
  return failure(kinds.initLost, {
    what: "Vault is initialised, and its keys could not be kept anywhere",
    why: failed.map(({ title, why }) => `${title}: ${why}`).join("\n"),
    fix: "This Vault can never be unsealed: vault-k8s operator init --help says how to wipe it.",
  });
}

/** Brings what an interrupted run left to every sink. Only the whole answer can be handed out again: in the sinks shares may be apart. */
async function complete(custody: Custody): Promise<void> {
  const { files, sinks } = custody;
  const spool = (await wholeAnswer(files)) === undefined ? undefined : files.spool;
  if (spool === undefined && sinks.holders.length > 0) return delivered(custody);
  const keys = await gatherKeys(custody).catch((error: unknown) => {
    // The key file can be made of what is encrypted here without reading it; and what only others can read is as complete as can be said.
    if (error instanceof CliError && error.kind === kinds.noKeys) return undefined;
    throw error;
  });
  if (keys === undefined && spool === undefined) return;
  const failed = await handOut(sinks, keys, { spool, again: spool !== undefined });
  if (failed.length > 0) throw incomplete(failed, spool ?? "the others");
  await delivered(custody);
  for (const sink of sinks.rescue) await sink.remove(initDocument).catch(() => undefined);
}

/** An init was begun, and its answer is nowhere. */
async function wasLost({ files, sinks }: Custody): Promise<boolean> {
  if ((await readMark(files)) === undefined || (await wholeAnswer(files)) !== undefined) return false;
  const found = await Promise.all([...sinks.main, ...sinks.others].map((sink) => sink.has(initDocument)));
  return !found.includes(true);
}

async function underWay({ files }: Custody): Promise<InitUnderWay | undefined> {
  const mark = await readMark(files);
  if (mark !== undefined) return { node: mark.node, since: mark.since };
  return (await wholeAnswer(files)) === undefined ? undefined : { node: undefined, since: undefined };
}

async function abandon(custody: Custody): Promise<void> {
  const { files, room } = custody;
  custody.room = undefined;
  await refused(files.underWay, async () => {
    await release(files, room);
    await removeMark(files);
  });
}

async function keepToken({ files, sinks, options }: Custody, token: string): Promise<void> {
  refuseUnproven({ ...sinks, holders: [] }, options);
  for (const sink of sinks.main) {
    await refused(sink.title, async () => {
      await sink.replace(tokenDocument, tokenText(token));
      await refuseOther(sink, tokenDocument, tokenText(token));
    });
  }
  await refused(files.origin, async () => {
    if ((await readOrigin(files)) === undefined) await writeOrigin(files, await options.origin());
  });
}

/** A sealed pod tells no cluster id, so it is kept: a pod of another Vault is known by it once it is unsealed. */
async function learn({ files, options }: Custody, vaultClusterId: string): Promise<void> {
  const origin = (await readOrigin(files)) ?? (await options.origin());
  if (origin.vaultClusterId !== vaultClusterId) await refused(files.origin, () => writeOrigin(files, { ...origin, vaultClusterId }));
}

async function writeOrigin(files: KeyFiles, origin: Origin): Promise<void> {
  await makeFolder(path.dirname(files.origin));
  await replaceFile(files.origin, json(origin));
}
