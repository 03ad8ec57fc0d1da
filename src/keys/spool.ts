import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync, type Stats } from "node:fs";
import { lstat, unlink } from "node:fs/promises";
import path from "node:path";
import { isSealed, sealedEnd } from "./age.ts";
import { removeFile, syncFolder, textOf } from "./files.ts";
import { existing } from "./former.ts";
import type { KeyFiles } from "./place.ts";

/** Room for the answer of init: the file as it was made, open, so that nothing but a write stands between the answer and the disk. */
export interface Room {
  readonly file: number;
  /** What the system knows it by: another file may get its name. */
  readonly id: FileId;
}

/** A file, whatever it is called. */
export type FileId = Pick<Stats, "dev" | "ino">;

/**
 * Takes the room that the answer of init will need, before Vault is asked: a disk that fills up meanwhile cannot lose it.
 * @param bytes How large the answer can become.
 * @throws the system's error; EEXIST when an answer stands there already.
 */
export async function reserve(files: KeyFiles, bytes: number): Promise<Room> {
  const { spool } = files;
  // Blank room is what a run left that was ended before it asked Vault.
  if ((await isFile(spool)) && (await answerIn(spool)) === undefined) await unlink(spool).catch(() => undefined);
  const file = openSync(spool, "wx+", 0o600);
  try {
    overwrite(file, Buffer.alloc(bytes, " "));
    await syncFolder(path.dirname(spool));
    return { file, id: fstatSync(file) };
  } catch (error) {
    closeSync(file);
    await unlink(spool).catch(() => undefined);
    throw error;
  }
}

const isFile = (file: string): Promise<boolean> =>
  lstat(file).then(
    (facts) => facts.isFile(),
    () => false,
  );

/** Writes the answer into the room that was taken for it, synced and read back under its name. Throws the system's error. */
export async function fill({ spool }: KeyFiles, text: string, room: Room | undefined): Promise<FileId> {
  const file = room?.file ?? openSync(spool, "r+");
  try {
    const bytes = Buffer.from(text);
    overwrite(file, bytes);
    ftruncateSync(file, bytes.length);
    fsyncSync(file);
    if ((await answerIn(spool)) !== text.trim()) throw Object.assign(new Error("read back otherwise"), { code: "EIO" });
    return fstatSync(file);
  } finally {
    closeSync(file);
  }
}

/** At once, not in turns with other work: until this is done nobody else has the answer. */
function overwrite(file: number, bytes: Buffer): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at, bytes.length - at, at);
  fsyncSync(file);
}

/** The answer that an interrupted run left, when it is there and whole: a run may be killed in the middle of writing it. */
export async function wholeAnswer(files: KeyFiles): Promise<string | undefined> {
  const text = await answerIn(await existing(files, "spool"));
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

/**
 * Takes the spool away, overwritten first unless the key file is the same file under another name.
 * @param only Touch no other file that has its name by now. Left out where it is known that nobody else is at work.
 * @throws the system's error.
 */
export async function release({ spool }: KeyFiles, only: FileId | undefined): Promise<void> {
  const found = await lstat(spool).catch(() => undefined);
  if (found?.isFile() !== true || (only !== undefined && (found.ino !== only.ino || found.dev !== only.dev))) return;
  const file = openSync(spool, "r+");
  try {
    const { size, nlink } = fstatSync(file);
    if (nlink === 1) overwrite(file, Buffer.alloc(size, " "));
  } finally {
    closeSync(file);
  }
  await removeFile(spool);
}
