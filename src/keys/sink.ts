import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { CliError } from "../core/errors.ts";
import { probeDocument } from "./documents.ts";

/** A place where documents with secrets are kept, each under its name. */
export interface Sink {
  /** For people, e.g. a path. */
  readonly title: string;
  /** Why nothing can be read back from it; left out where it can. */
  readonly unproven?: string | undefined;
  /** Whether any name of a document will do. */
  readonly takesAnyName?: boolean;
  /** What a person should know of it before keys are given to it. */
  readonly warning?: string | undefined;
  /** What a person should know of the place as it is now. Throws SinkFailure where no keys may stand there. */
  look?(): Promise<string | undefined>;
  /** Whether it has the document; undefined where that cannot be known. */
  has(document: string): Promise<boolean | undefined>;
  /** Undefined when it does not have the document. Throws CliError or SinkFailure when it has, or may have, and cannot give it. */
  read(document: string): Promise<string | undefined>;
  /** Keeps a document that it does not have: whole, and for good when this returns. Never overwrites. Throws SinkFailure. */
  add(document: string, text: string): Promise<void>;
  /** Keeps a document in the place of the one that it may have. Throws SinkFailure. */
  replace(document: string, text: string): Promise<void>;
  /** Takes a document away, where the sink can. */
  remove(document: string): Promise<void>;
  /** Takes a file over as the document of that name, without needing room for a copy. */
  adopt?(document: string, file: string): Promise<void>;
}

/** Why a sink did not do what it was asked; `why` is a sentence that holds no secret. */
export class SinkFailure extends Error {
  override readonly name = "SinkFailure";
  /** The document is there already. */
  readonly taken: boolean;

  constructor(why: string, { taken = false } = {}) {
    super(why);
    this.taken = taken;
  }
}

/** The sentence that says why something failed with a sink. What is neither a failure of the sink nor the user's is thrown on. */
export function whyOf(error: unknown): string {
  if (error instanceof SinkFailure) return error.message;
  if (error instanceof CliError) return error.words;
  if (error instanceof Error && "code" in error && typeof error.code === "string") return `It ends with ${error.code}.`;
  throw error;
}

/**
 * Proves a sink before it is relied on: a document as large as the real one is written, read back, compared and removed.
 * @throws SinkFailure or CliError of the sink.
 */
export async function prove(sink: Sink, bytes: number): Promise<void> {
  const text = `${JSON.stringify({ probe: randomBytes(Math.ceil(bytes / 2)).toString("hex") })}\n`;
  await sink.remove(probeDocument);
  await sink.add(probeDocument, text);
  await refuseOther(sink, probeDocument, text);
  await sink.remove(probeDocument);
}

/** Reads a document back and compares it, where the sink can. Throws SinkFailure when it is another one. */
export async function refuseOther(sink: Sink, document: string, text: string): Promise<void> {
  if (sink.unproven !== undefined) return;
  const found = await sink.read(document);
  if (found === undefined || !isSame(found, text))
    throw new SinkFailure(found === undefined ? "What was written there is not there." : "What is read back is not what was written.");
}

/** Whether two documents say the same: password managers drop line breaks, and format what they know as JSON. */
export function isSame(one: string, other: string): boolean {
  try {
    return one.trim() === other.trim() || isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}
