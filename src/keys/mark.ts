import { hostname } from "node:os";
import { z } from "zod";
import { failure, kinds } from "../errors.ts";
import { json, parseAs } from "./documents.ts";
import { removeFile, replaceFile, textOf } from "./files.ts";
import { existing } from "./former.ts";
import type { Origin } from "./origin.ts";
import type { KeyFiles } from "./place.ts";

const optional = z.string().optional();
const shape = z.looseObject({
  node: z.string(),
  since: z.string(),
  /** Of the run that left it, or went on with it. Earlier versions left none. */
  nonce: optional,
  /** `begun`: nothing was sent to Vault. `sent`: Vault may have been initialised. `kept`: every place has the keys; that they unseal is not proven. */
  state: z.enum(["begun", "sent", "kept"]).optional(),
  /** What earlier versions said instead. */
  kept: z.boolean().optional(),
  kubeSystemUid: optional,
  namespace: optional,
  release: optional,
  context: optional,
  keptAs: optional,
  /** What the pods and volumes were when it was begun, for the proof that they are the same. */
  seen: z.record(z.string(), z.string()).optional(),
});
type MarkState = "begun" | "sent" | "kept";
export interface Mark extends Origin {
  readonly node: string;
  readonly since: string;
  readonly nonce?: string | undefined;
  readonly state: MarkState;
  readonly seen?: Readonly<Record<string, string>> | undefined;
}

/** The mark of an init that was begun and not brought to its end; undefined when there is none. Throws VK1009 when it is broken. */
export async function readMark(files: KeyFiles): Promise<Mark | undefined> {
  const file = await existing(files, "underWay");
  const text = await textOf(file).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, { what: `${file} cannot be read`, why: error.code, fix: "Make it readable for you." });
  });
  if (text === undefined) return undefined;
  const mark = parseAs(shape, text, file);
  // Earlier versions did not say whether the request had left.
  return { ...mark, state: mark.state ?? (mark.kept === true ? "kept" : "sent") };
}

export interface Begun {
  readonly node: string;
  readonly nonce: string;
  readonly seen: Readonly<Record<string, string>> | undefined;
}

/** Leaves the mark: an init of this node is about to be sent. */
export const writeMark = ({ underWay }: KeyFiles, { node, nonce, seen }: Begun, origin: Origin): Promise<void> =>
  replaceFile(
    underWay,
    json({ ...origin, node, nonce, state: "begun", since: new Date().toISOString(), process: process.pid, host: hostname(), seen }),
  );

/** Says in the mark how far it came; from now on it is of the run with this nonce. */
export async function markAs(files: KeyFiles, state: MarkState, nonce: string): Promise<void> {
  const mark = await readMark(files);
  if (mark === undefined || (mark.state === state && mark.nonce === nonce)) return;
  await replaceFile(files.underWay, json({ ...mark, state, nonce }));
}

/** Takes the mark away where it is of one of these runs. Throws the system's error. */
export async function removeMark(files: KeyFiles, nonces: ReadonlySet<string | undefined>): Promise<void> {
  const mark = await readMark(files);
  if (mark !== undefined && nonces.has(mark.nonce)) await removeFile(files.underWay);
}
