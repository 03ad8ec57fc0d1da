import path from "node:path";
import { failure, kinds } from "../errors.ts";
import { initDocument, json, tokenDocument } from "./documents.ts";
import { makeFolder, replaceFile } from "./files.ts";
import { places } from "./hand-out.ts";
import { refuseOtherRun, writeMark } from "./mark.ts";
import { prove, type Sink } from "./sink.ts";
import { reserve, wholeAnswer } from "./spool.ts";
import { refuseUnproven, warningsOf } from "./unproven.ts";
import { type Custody, titles, refused } from "./open-custody.ts";

/** Reads only: what keeps keys from being made here is told before anything is done. */
export async function plan(custody: Custody): Promise<string[]> {
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

export async function prepare(custody: Custody, { node, bytes }: { readonly node: string; readonly bytes: number }): Promise<void> {
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
