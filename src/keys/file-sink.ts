import { readFile } from "node:fs/promises";
import path from "node:path";
import { failure, kinds } from "../errors.ts";
import type { Sealing } from "./age.ts";
import { initDocument } from "./documents.ts";
import { exists, linkNew, makeFolder, removeFile, replaceFile, textOf, writeNewFile } from "./files.ts";
import { beside } from "./place.ts";
import { SinkFailure, type Sink } from "./sink.ts";

/**
 * Files of one folder, mode 0600, in a folder of mode 0700 where it is made.
 * @param main The document that is the file itself; others stand beside it.
 * @param sealing Encrypts what is written; what is read may be either, plain or encrypted.
 */
export function fileSink(file: string, sealing: Sealing, main = initDocument): Sink {
  const pathOf = (document: string): string => (document === main ? file : beside(file, document));
  const write = async (to: string, text: string, how: typeof writeNewFile): Promise<void> => {
    const sealed = await sealing.seal(text);
    await told(to, async () => {
      await makeFolder(path.dirname(to));
      await how(to, sealed);
    });
  };
  return {
    title: sealing.seals ? `${file} (encrypted with age)` : file,
    unproven: sealing.unproven,
    has: (document) => exists(pathOf(document)),
    read: async (document) => {
      const text = await readable(pathOf(document));
      return text === undefined ? undefined : sealing.open(text, pathOf(document));
    },
    add: (document, text) => write(pathOf(document), text, writeNewFile),
    replace: (document, text) => write(pathOf(document), text, replaceFile),
    remove: (document) => told(file, () => removeFile(pathOf(document)).catch(ignoreNoFolder)),
    adopt: (document, from) =>
      told(pathOf(document), async () => {
        await linkNew(from, pathOf(document));
        if (!(await readFile(pathOf(document))).equals(await readFile(from)))
          throw Object.assign(new Error("read back otherwise"), { code: "EIO" });
      }),
  };
}

function ignoreNoFolder(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

async function readable(file: string): Promise<string | undefined> {
  return textOf(file).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, {
      what: `The key file ${file} cannot be read`,
      why: error.code,
      fix: "Make it readable for you, or name another with --init-file.",
    });
  });
}

async function told(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new SinkFailure(`Writing ${file} ends with ${code}.`, { taken: code === "EEXIST" && (await exists(file)) });
  }
}
