import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { unlink } from "node:fs/promises";
import path from "node:path";
import { isSealed, sealedEnd } from "./age.ts";
import { exists, removeFile, syncFolder, textOf, writeSynced } from "./files.ts";
import type { KeyFiles } from "./place.ts";

/** Room for the answer of init: an open file, so that nothing but a write stands between the answer and the disk. */
export type Room = number;

/**
 * Takes the room that the answer of init will need, before Vault is asked: a disk that fills up meanwhile cannot lose it.
 * @param bytes How large the answer can become.
 * @throws the system's error; EEXIST when an answer stands there already.
 */
export async function reserve({ spool }: KeyFiles, bytes: number): Promise<Room> {
  if ((await answerIn(spool)) === undefined) await unlink(spool).catch(() => undefined);
  await writeSynced(spool, " ".repeat(bytes));
  await syncFolder(path.dirname(spool));
  return openSync(spool, "r+");
}

/** Writes the answer into the room that was taken for it, synced and read back. Throws the system's error. */
export async function fill({ spool }: KeyFiles, text: string, room: Room | undefined): Promise<void> {
  const file = room ?? openSync(spool, "r+");
  try {
    const bytes = Buffer.from(text);
    overwrite(file, bytes);
    ftruncateSync(file, bytes.length);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if ((await answerIn(spool)) !== text.trim()) throw Object.assign(new Error("read back otherwise"), { code: "EIO" });
}

/** At once, not in turns with other work: until this is done nobody else has the answer. */
function overwrite(file: Room, bytes: Buffer): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at, bytes.length - at, at);
  fsyncSync(file);
}

/** The answer that an interrupted run left, when it is there and whole: a run may be killed in the middle of writing it. */
export async function wholeAnswer({ spool }: KeyFiles): Promise<string | undefined> {
  const text = await answerIn(spool);
  return text !== undefined && (isSealed(text) ? text.endsWith(sealedEnd) : isJson(text)) ? text : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function answerIn(file: string): Promise<string | undefined> {
  const text = (await textOf(file))?.trim();
  return text === "" ? undefined : text;
}

/** Takes the spool away, overwritten first unless the key file is the same file under another name. Throws the system's error. */
export async function release({ spool }: KeyFiles, room?: Room | undefined): Promise<void> {
  if (room !== undefined) closeSync(room);
  if (!(await exists(spool))) return;
  const file = openSync(spool, "r+");
  try {
    const { size, nlink } = fstatSync(file);
    if (nlink === 1) overwrite(file, Buffer.alloc(size, " "));
  } finally {
    closeSync(file);
  }
  await removeFile(spool);
}
