import path from "node:path";
import { failure, kinds } from "../errors.ts";
import { initDocument, tokenDocument } from "./documents.ts";
import { exists, makeFolder } from "./files.ts";
import { locations } from "./hand-out.ts";
import { refuseLocked } from "./lock.ts";
import { markAs, readMark, writeMark } from "./mark.ts";
import { nameFor, needsOwnName, ownTag } from "./own-names.ts";
import { contradiction, writeOrigin, type Origin } from "./origin.ts";
import { prove, type Sink } from "./sink.ts";
import { reserve, wholeAnswer } from "./spool.ts";
import { refuseUnproven, warningsOf } from "./unproven.ts";
import { hold, type Custody, refused } from "./open-custody.ts";

/** Reads only: what keeps keys from being made here is told before anything is done. */
export async function plan(custody: Custody): Promise<string[]> {
  const { files, sinks, options } = custody;
  if (custody.held === undefined) await refuseLocked(files, options.takeOver === true);
  refuseUnproven(sinks, options);
  await refuseExisting(custody);
  const looks = await Promise.all(locations(sinks).map(({ sink }) => refused(sink.title, async () => (await sink.look?.()) ?? [])));
  return [...new Set([...warningsOf(sinks), ...looks.flat()])];
}

async function refuseExisting(custody: Custody): Promise<void> {
  const { files, sinks } = custody;
  const all = [...locations(sinks), ...sinks.others.map((sink) => ({ sink, document: initDocument }))];
  const found = await titlesWith(all);
  const left = (await wholeAnswer(files)) === undefined ? [] : [files.spool];
  const [first] = [...found, ...left];
  if (first === undefined) {
    await refuseOtherInit(custody);
    return refuseOldToken(custody);
  }
  throw failure(kinds.keysExist, {
    what: `There are keys already: ${first}`,
    why: "No Vault pod is initialised, so they are those of a Vault that is gone, or whose volumes are. Keys are never overwritten: they may be all that opens a backup.",
    fix: "If its volumes can come back, bring them back. Else move the keys away, or name another place (--init-file).",
  });
}

/** An init of another Vault was begun with this key file, and its keys may come here yet. */
async function refuseOtherInit({ files, options }: Custody): Promise<void> {
  const mark = await readMark(files);
  if (mark === undefined) return;
  const why = contradiction(mark, await options.origin());
  if (why === undefined) return;
  throw failure(kinds.keysExist, {
    what: `An init of another Vault was begun with ${files.keys} and not brought to its end`,
    why,
    fix: `Name another key file with --init-file. If that Vault is gone for ever, remove ${files.underWay}.`,
  });
}

/** Refuses to init where a token.json of an earlier Vault lies: every later run would send that token to the new Vault, which does not know it. */
async function refuseOldToken({ files, sinks }: Custody): Promise<void> {
  const [first] = await titlesWith([...sinks.main, ...sinks.others].map((sink) => ({ sink, document: tokenDocument })));
  if (first === undefined) return;
  const token = (await exists(files.token)) ? files.token : files.former.token;
  throw failure(kinds.keysExist, {
    what: `There is the token of an earlier Vault: ${tokenDocument} in ${first}`,
    why: "No Vault pod is initialised, so it is of a Vault that is gone, or whose volumes are. Beside new keys every run would use it, and the new Vault would not know it.",
    fix: `If its volumes can come back, bring them back. Else move ${path.basename(token)} away with the keys that it belongs to, or name another place (--init-file).`,
  });
}

async function titlesWith(all: readonly { readonly sink: Sink; readonly document: string }[]): Promise<string[]> {
  const found = await Promise.all(all.map(async ({ sink, document }) => ((await sink.has(document)) === true ? [sink.title] : [])));
  return found.flat();
}

export interface Preparing {
  readonly node: string;
  /** How large the answer can become. */
  readonly bytes: number;
  readonly seen?: Readonly<Record<string, string>> | undefined;
}

/** Under the lock, which stays until the init is settled or abandoned. */
export async function prepare(custody: Custody, { node, bytes, seen }: Preparing): Promise<void> {
  const { files, sinks, options } = custody;
  const { lock } = await hold(custody);
  refuseUnproven(sinks, options);
  await refuseExisting(custody);
  for (const { sink } of locations(sinks))
    await refused(sink.title, async () => {
      await sink.look?.();
      await prove(sink, bytes);
    });
  const origin = originOf(custody, await options.origin(), lock.nonce);
  await refused(path.dirname(files.keys), async () => {
    await makeFolder(path.dirname(files.keys));
    await writeOrigin(files, origin);
    custody.room = await reserve(files, bytes * 2);
    await writeMark(files, { node, nonce: lock.nonce, seen }, origin);
  });
}

function originOf({ sinks }: Custody, known: Origin, nonce: string): Origin {
  const keptAs = [...sinks.main, ...sinks.holders.map(({ sink }) => sink)].some(needsOwnName) ? ownTag(nonce) : undefined;
  const titleOf = (sink: Sink): string => (needsOwnName(sink) ? `${sink.title} (as ${nameFor(sink, initDocument, keptAs)})` : sink.title);
  return {
    ...known,
    keptIn: [...sinks.main.map(titleOf), ...sinks.holders.map(({ name, sink }) => `${name}: ${sink.title}`)],
    ...(keptAs !== undefined && { keptAs }),
  };
}

/** The request is about to leave: from now on Vault may have been initialised. Throws VK1513 where the lock was lost. */
export async function sending(custody: Custody): Promise<void> {
  const { lock } = await hold(custody);
  await lock.stillHeld();
  await refused(custody.files.underWay, () => markAs(custody.files, "sent", lock.nonce));
}
