import { hostname } from "node:os";
import { z } from "zod";
import { failure, kinds } from "../errors.ts";
import { json, parseAs } from "./documents.ts";
import { removeFile, replaceFile, textOf } from "./files.ts";
import type { KeyFiles, Origin } from "./place.ts";

const shape = z.looseObject({
  node: z.string(),
  since: z.string(),
  process: z.number().optional(),
  host: z.string().optional(),
  /** Every place has the keys; that they unseal is not proven yet. */
  kept: z.boolean().optional(),
});

/** The mark of an init that was begun and not brought to its end; undefined when there is none. Throws VK1009 when it is broken. */
export async function readMark({ underWay }: KeyFiles): Promise<z.output<typeof shape> | undefined> {
  const text = await textOf(underWay).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, { what: `${underWay} cannot be read`, why: error.code, fix: "Make it readable for you." });
  });
  return text === undefined ? undefined : parseAs(shape, text, underWay);
}

/** Leaves the mark: from now on an init of this node may have been sent. */
export const writeMark = (files: KeyFiles, node: string, origin: Origin): Promise<void> =>
  replaceFile(files.underWay, json({ node, since: new Date().toISOString(), process: process.pid, host: hostname(), ...origin }));

/** Says in the mark that the keys are kept. */
export async function markKept(files: KeyFiles): Promise<void> {
  const mark = await readMark(files);
  if (mark !== undefined && mark.kept !== true) await replaceFile(files.underWay, json({ ...mark, kept: true }));
}

export const removeMark = ({ underWay }: KeyFiles): Promise<void> => removeFile(underWay);

/** How long a process that still runs is taken for the one that left the mark, in milliseconds: numbers of processes are given again. */
const longestInitMs = 15 * 60_000;

/** Two runs at once would each take the other's keys for lost. Throws VK1513. */
export async function refuseOtherRun(files: KeyFiles): Promise<void> {
  const mark = await readMark(files);
  if (mark?.process === undefined || mark.process === process.pid || mark.host !== hostname()) return;
  if (Date.now() - Date.parse(mark.since) > longestInitMs || !isRunning(mark.process)) return;
  throw failure(kinds.runUnderWay, {
    what: "Another run is initialising this Vault",
    why: `Process ${mark.process} of this machine began ${mark.since}; its mark is ${files.underWay}.`,
    fix: "Wait until it has ended, then run the same command again.",
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
