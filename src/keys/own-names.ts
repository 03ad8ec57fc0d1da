import type { Sink } from "./sink.ts";

/**
 * Documents that go to a command which nobody reads back: whether it has one of that name already cannot be known, so each init gives them
 * names of its own, and nothing is overwritten.
 */
export const needsOwnName = ({ takesAnyName = false, unproven }: Sink): boolean => takesAnyName && unproven !== undefined;

/** What tells the documents of one init from those of all others. @param nonce of the run */
export const ownTag = (nonce: string): string => `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${nonce.slice(0, 8)}`;

/** The name under which a sink gets a document. @param tag left out where none of the sinks needs one */
export const nameFor = (sink: Sink, document: string, tag: string | undefined): string =>
  tag !== undefined && needsOwnName(sink) ? tagged(document, tag) : document;

/** The names under which a sink may have it: a reader may have been named since. */
export const namesOf = ({ takesAnyName = false }: Sink, document: string, tag: string | undefined): string[] =>
  takesAnyName && tag !== undefined ? [tagged(document, tag), document] : [document];

const tagged = (document: string, tag: string): string => document.replace(/\.json$/, `-${tag}.json`);
