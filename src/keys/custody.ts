import path from "node:path";
import type { InitUnderWay, KeysWriter } from "../systems/world.ts";
import { initDocument, json, tokenDocument, tokenText } from "./documents.ts";
import { makeFolder, replaceFile } from "./files.ts";
import { gatherKeys, gatherToken } from "./gather.ts";
import { readMark, removeMark } from "./mark.ts";
import { readOrigin, type KeyFiles, type Origin } from "./place.ts";
import { refuseOther } from "./sink.ts";
import { release, wholeAnswer } from "./spool.ts";
import { refuseUnproven } from "./unproven.ts";
import { type CustodyOptions, type Custody, open, nowhere, titles, refused } from "./open-custody.ts";
import { plan, prepare } from "./before-init.ts";
import { keep, complete } from "./after-init.ts";

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

/** An init was begun, and its answer never was anywhere. A place that had it may be locked now: that is no loss. */
async function wasLost({ files, sinks }: Custody): Promise<boolean> {
  const mark = await readMark(files);
  if (mark === undefined || mark.kept === true || (await wholeAnswer(files)) !== undefined) return false;
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
