import { z } from "zod";
import { isHolder } from "../core/holder-shape.ts";
import type { Holder } from "../core/holder.ts";
import type { RootRecord } from "../systems/world.ts";
import { ageSealing } from "./age.ts";
import { json, parseAs, rootRecordDocument } from "./documents.ts";
import { fileSink } from "./file-sink.ts";
import { onlyHere, refuseOthers } from "./gather.ts";
import { refused, underLock, type Custody } from "./open-custody.ts";
import { refuseOther, type Sink } from "./sink.ts";

const shape = z.object({
  by: z.custom<Holder>(isHolder).optional(),
  nonce: z.string().optional(),
  tokens: z.array(z.object({ from: z.number(), until: z.number(), accessor: z.string().optional() })),
});

/** Where it can be read back; it holds no secret, so a plain file does where nothing else can. */
function locationsOf({ sinks, files }: Custody): readonly Sink[] {
  const readable = sinks.main.filter(({ unproven }) => unproven === undefined);
  return readable.length > 0 ? readable : [fileSink(files.keys, ageSealing([], undefined))];
}

/** What runs of ours know of root generations that they have not seen to their end; undefined where there is nothing. Throws VK1009. */
export async function readRootRecord(custody: Custody): Promise<RootRecord | undefined> {
  for (const sink of locationsOf(custody)) {
    const text = await sink.read(rootRecordDocument).catch(onlyHere);
    if (text === undefined) continue;
    await refuseOthers(custody);
    const record = parseAs(shape, text, sink.title);
    return isEmpty(record) ? undefined : record;
  }
  return undefined;
}

const isEmpty = ({ nonce, tokens }: RootRecord): boolean => nonce === undefined && tokens.length === 0;

/** Keeps it in every place, read back; takes it away where nothing is left to know. Throws VK1502, VK1009 where the keys are another Vault's. */
export async function keepRootRecord(custody: Custody, record: RootRecord): Promise<void> {
  await refuseOthers(custody);
  await underLock(custody, async () => {
    for (const sink of locationsOf(custody)) await refused(sink.title, () => (isEmpty(record) ? forget(sink) : keep(sink, json(record))));
  });
}

async function keep(sink: Sink, text: string): Promise<void> {
  await sink.replace(rootRecordDocument, text);
  await refuseOther(sink, rootRecordDocument, text);
}

/** A command cannot take a document away: there an empty one stays. */
async function forget(sink: Sink): Promise<void> {
  if ((await sink.has(rootRecordDocument)) === false) return;
  await sink.remove(rootRecordDocument);
  if ((await sink.has(rootRecordDocument)) !== false) await sink.replace(rootRecordDocument, json({ tokens: [] }));
}
