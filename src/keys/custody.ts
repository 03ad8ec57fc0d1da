import type { InitUnderWay, KeysWriter } from "../systems/world.ts";
import { complete, keep } from "./after-init.ts";
import { plan, prepare, sending, type Preparing } from "./before-init.ts";
import { gatherKeys, gatherToken, refuseOthers } from "./gather.ts";
import { freshEngines, keepToken, learn, vaultClusterId } from "./known.ts";
import { refuseLocked } from "./lock.ts";
import { readMark, removeMark, type Mark } from "./mark.ts";
import { contradiction } from "./origin.ts";
import { initDocument } from "./documents.ts";
import { keepRootRecord, readRootRecord } from "./root-record.ts";
import { release, wholeAnswer } from "./spool.ts";
import { closeSync } from "node:fs";
import { type CustodyOptions, type Custody, hold, letGo, open, nowhere, titles, refused, underLock } from "./open-custody.ts";

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
    vaultClusterId: () => ifKnown(vaultClusterId, undefined),
    freshEngines: () => ifKnown(freshEngines, undefined),
    alone: async (work) => alone(await needed(), work),
    prepare: async (init) => prepared(await needed(), init),
    sending: async () => sending(await needed()),
    keep: async (keys) => keep(await needed(), keys),
    complete: async () => complete(await needed()),
    settled: async () => settled(await needed()),
    keepToken: async (token) => keepToken(await needed(), token),
    rootRecord: () => ifKnown(readRootRecord, undefined),
    keepRootRecord: async (record) => keepRootRecord(await needed(), record),
    learnVaultClusterId: (id) => ifKnown((custody) => learn(custody, { vaultClusterId: id }), undefined),
    learnFreshEngines: (engines) => ifKnown((custody) => learn(custody, { freshEngines: engines }), undefined),
    abandon: async () => abandon(await needed()),
  };
}

async function alone<T>(custody: Custody, work: () => Promise<T>): Promise<T> {
  await hold(custody);
  try {
    return await work();
  } finally {
    await letGo(custody);
  }
}

async function prepared(custody: Custody, init: Preparing): Promise<void> {
  const before = custody.held;
  try {
    await prepare(custody, init);
    custody.untilSettled = before === undefined;
  } catch (error) {
    if (before === undefined) await letGo(custody);
    throw error;
  }
}

/** The mark of an init of this very Vault. Throws VK1513 while another run may go on with it. */
async function ownMark({ files, options, held }: Custody): Promise<Mark | undefined> {
  const mark = await readMark(files);
  if (mark === undefined || contradiction(mark, await options.origin()) !== undefined) return undefined;
  if (held === undefined) await refuseLocked(files, options.takeOver === true);
  return mark;
}

/** An init was sent, and its answer never was anywhere. A place that had it may be locked now: that is no loss. */
async function wasLost(custody: Custody): Promise<boolean> {
  const { files, sinks } = custody;
  const mark = await ownMark(custody);
  if (mark?.state !== "sent" || (await wholeAnswer(files)) !== undefined) return false;
  const found = await Promise.all([...sinks.main, ...sinks.others].map((sink) => sink.has(initDocument)));
  return !found.includes(true);
}

async function underWay(custody: Custody): Promise<InitUnderWay | undefined> {
  const mark = await ownMark(custody);
  const answered = (await wholeAnswer(custody.files)) !== undefined;
  if (mark !== undefined) return { node: mark.node, since: mark.since, sent: mark.state !== "begun" || answered, seen: mark.seen };
  return answered && !(await isOthers(custody)) ? { node: undefined, since: undefined, sent: true, seen: undefined } : undefined;
}

/** What stands here is of another Vault: nothing of it is under way for this one. */
const isOthers = (custody: Custody): Promise<boolean> =>
  refuseOthers(custody).then(
    () => false,
    () => true,
  );

async function settled(custody: Custody): Promise<void> {
  await underLock(custody, ({ nonces }) => refused(custody.files.underWay, () => removeMark(custody.files, nonces)));
  await ended(custody);
}

/** Where the lock was taken for this init alone, it ends with it. */
async function ended(custody: Custody): Promise<void> {
  if (custody.untilSettled !== true) return;
  custody.untilSettled = undefined;
  await letGo(custody);
}

/** Takes away what this run left, or the one before it whose lock it has; nothing of another run. */
async function abandon(custody: Custody): Promise<void> {
  const { files, room, spooled } = custody;
  custody.room = undefined;
  if (room !== undefined) closeSync(room.file);
  await underLock(custody, ({ nonces }) =>
    refused(files.underWay, async () => {
      await release(files, room?.id ?? spooled);
      await removeMark(files, nonces);
    }),
  );
  await ended(custody);
}
