import type { Keys } from "../systems/world.ts";
import type { Sinks } from "./choose-sinks.ts";
import { initDocument, keysText, shareDocument, shareText, withoutShares } from "./documents.ts";
import { nameFor } from "./own-names.ts";
import { isSame, refuseOther, SinkFailure, whyOf, type Sink } from "./sink.ts";

/** A document on its way to a sink, under the name that it gets there. `text` is undefined where it stands encrypted in the spool and cannot be read here. */
interface Delivery {
  readonly sink: Sink;
  readonly document: string;
  readonly text: string | undefined;
}

/** A sink that did not take its document, and why. */
export interface NotTaken {
  readonly title: string;
  readonly why: string;
}

export interface HandingOut {
  /** The file that holds the whole answer, if it does; a key file can be made of it without more room. */
  readonly spool: string | undefined;
  /** Whether a sink that cannot tell whether it has its document gets it. */
  readonly again: boolean;
  /** Tells the documents of this init from others, where a sink needs that. */
  readonly tag: string | undefined;
}

/** Each sink of a custody with the document that belongs into it once there are keys. */
export const locations = ({ main, holders }: Sinks): { readonly sink: Sink; readonly document: string }[] => [
  ...main.map((sink) => ({ sink, document: initDocument })),
  ...holders.map(({ name, sink }) => ({ sink, document: shareDocument(name) })),
];

/**
 * Gives every sink what belongs into it and reads it back; what a sink has already stays. All are tried, whichever fails.
 */
export async function handOut(sinks: Sinks, keys: Keys | undefined, { spool, again, tag }: HandingOut): Promise<NotTaken[]> {
  const failed: NotTaken[] = [];
  for (const delivery of deliveries(sinks, keys, tag)) {
    const adopted = sinks.holders.length === 0 && delivery.document === initDocument ? spool : undefined;
    await deliver(delivery, adopted, again).catch((error: unknown) => failed.push({ title: delivery.sink.title, why: whyOf(error) }));
  }
  return failed;
}

function deliveries(sinks: Sinks, keys: Keys | undefined, tag: string | undefined): Delivery[] {
  const holds = sinks.holders.length > 0;
  const common = keys === undefined ? undefined : keysText(holds ? withoutShares(keys) : keys);
  const own = (index: number, name: string): string | undefined => (keys === undefined ? undefined : shareText(keys, name, index));
  return [
    ...sinks.main.map((sink) => ({ sink, document: nameFor(sink, initDocument, tag), text: common })),
    ...sinks.holders.map(({ name, sink }, index) => ({ sink, document: nameFor(sink, shareDocument(name), tag), text: own(index, name) })),
  ];
}

async function deliver({ sink, document, text }: Delivery, spool: string | undefined, again: boolean): Promise<void> {
  const there = await sink.has(document);
  if (there === undefined && !again) return;
  if (there === true) return refuseAnother(sink, document, text);
  await give(sink, document, text, spool);
  if (text !== undefined) await refuseOther(sink, document, text);
}

async function refuseAnother(sink: Sink, document: string, text: string | undefined): Promise<void> {
  if (text === undefined || sink.unproven !== undefined) return;
  if (!isSame((await sink.read(document)) ?? "", text)) throw new SinkFailure("Another document of that name stands there already.");
}

async function give(sink: Sink, document: string, text: string | undefined, spool: string | undefined): Promise<void> {
  if (spool !== undefined && sink.adopt !== undefined) return sink.adopt(document, spool);
  if (text === undefined)
    throw new SinkFailure("The answer stands encrypted in the spool, and no --keys-age-identity is named to read it.");
  await sink.add(document, text);
}
