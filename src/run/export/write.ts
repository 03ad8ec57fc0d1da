import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { ExportedFile } from "./file.ts";

/** Says which files of a folder an export wrote, and what was in them. */
const listName = ".vault-k8s-export.json";

type List = Readonly<Record<string, string>>;

/**
 * Writes an export into a folder. What an earlier export wrote there is replaced, or taken away where it is no longer part of it.
 * @throws CliError VK1410 for files that no export wrote, or that were changed since; then nothing is written. VK1009 where nothing can be written.
 */
export async function writeExport(folder: string, files: readonly ExportedFile[]): Promise<void> {
  const wrong = (error: NodeJS.ErrnoException) =>
    failure(kinds.badInput, {
      what: `The files cannot be written to ${folder}`,
      why: error.code,
      fix: "Name a folder that you may write to with --out.",
    });
  try {
    const before = await readList(folder);
    const wanted: Map<string, string> = new Map(files.map(({ path: file, text }) => [file, text]));
    await refuseForeign(folder, before, wanted);
    for (const file of Object.keys(before)) if (!wanted.has(file)) await rm(path.join(folder, file), { force: true });
    for (const [file, text] of wanted) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    const after = Object.fromEntries([...wanted].map(([file, text]) => [file, hash(text)]));
    await writeFile(path.join(folder, listName), `${JSON.stringify(after, undefined, 2)}\n`);
  } catch (error) {
    throw error instanceof CliError ? error : wrong(error as NodeJS.ErrnoException);
  }
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

async function readList(folder: string): Promise<List> {
  const text = await textOf(path.join(folder, listName));
  if (text === undefined) return {};
  try {
    const entries = Object.entries(JSON.parse(text) as List);
    // Only what lies below the folder is ever taken away.
    return Object.fromEntries(
      entries.filter(([file, sum]) => typeof sum === "string" && path.posix.normalize(file) === file && !/^(\/|\.\.)/.test(file)),
    );
  } catch {
    return {};
  }
}

async function refuseForeign(folder: string, before: List, wanted: ReadonlyMap<string, string>): Promise<void> {
  const foreign: string[] = [];
  for (const file of new Set([...Object.keys(before), ...wanted.keys()])) {
    const text = await textOf(path.join(folder, file));
    if (text !== undefined && text !== wanted.get(file) && hash(text) !== before[file]) foreign.push(file);
  }
  if (foreign.length === 0) return;
  throw failure(kinds.foreignFiles, {
    what: `${folder} holds files that this export did not write, or that were changed since`,
    why: foreign.join("\n"),
    fix: "Move them away, or name another folder with --out. Nothing was written.",
  });
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
