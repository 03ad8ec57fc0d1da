import { readFile } from "node:fs/promises";
import path from "node:path";
import { failure, kinds } from "../errors.ts";
import { isSealed, type Sealing } from "./age.ts";
import { initDocument, probeDocument, rootRecordDocument, tokenDocument } from "./documents.ts";
import { exists, leadsNowhere, linkNew, makeFolder, removeFile, replaceFile, textOf, writeNewFile } from "./files.ts";
import { folderRisk } from "./folder-risk.ts";
import { existing } from "./former.ts";
import { beside, keyFiles } from "./place.ts";
import { SinkFailure, type Sink } from "./sink.ts";

export interface FileSinkOptions {
  /** The document that is the file itself; others stand beside it. */
  readonly main?: string;
  /** Where a document stands now, which an earlier version may have called otherwise. */
  readonly existing?: (document: string) => Promise<string>;
}

/**
 * Files of one folder, mode 0600, in a folder of mode 0700 where it is made. Files that are not ours are neither replaced nor taken away.
 * @param sealing Encrypts what is written; what is read may be either, plain or encrypted.
 */
export function fileSink(file: string, sealing: Sealing, { main = initDocument, existing: where }: FileSinkOptions = {}): Sink {
  const pathOf = (document: string): string => (document === main ? path.resolve(file) : beside(file, document));
  const find =
    where ?? ((document: string) => (document === tokenDocument ? existing(keyFiles(file), "token") : Promise.resolve(pathOf(document))));
  const write = async (to: string, text: string, how: typeof writeNewFile): Promise<void> => {
    const sealed = await sealing.seal(text);
    await namingFile(to, async () => {
      await makeFolder(path.dirname(to));
      await refuseRisk(path.dirname(to));
      await how(to, sealed);
    });
  };
  return {
    title: sealing.seals ? `${file} (encrypted with age)` : file,
    unproven: sealing.unproven,
    look: async () => {
      await refuseRisk(path.dirname(pathOf(main)));
      return (await folderRisk(path.dirname(pathOf(main)))).warning;
    },
    has: async (document) => exists(await find(document)),
    read: async (document) => {
      const from = await find(document);
      const text = await readable(from);
      return text === undefined ? undefined : sealing.open(text, from);
    },
    add: (document, text) => write(pathOf(document), text, writeNewFile),
    replace: async (document, text) => {
      await refuseForeign(await find(document), document);
      await write(await find(document), text, replaceFile);
    },
    remove: (document) =>
      namingFile(file, async () => {
        await refuseForeign(pathOf(document), document);
        await removeFile(pathOf(document)).catch(ignoreNoFolder);
      }),
    adopt: (document, from) =>
      namingFile(pathOf(document), async () => {
        await linkNew(from, pathOf(document));
        if (!(await readFile(pathOf(document))).equals(await readFile(from)))
          throw Object.assign(new Error("read back otherwise"), { code: "EIO" });
      }),
  };
}

function ignoreNoFolder(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

async function refuseRisk(folder: string): Promise<void> {
  const { refused } = await folderRisk(folder);
  if (refused !== undefined) throw new SinkFailure(refused);
}

/** The field that a document of ours has which is written more than once. */
const ownField: Readonly<Record<string, string>> = { [tokenDocument]: "token", [probeDocument]: "probe", [rootRecordDocument]: "tokens" };

/** Throws SinkFailure where a file of that name holds something else than the document. */
async function refuseForeign(file: string, document: string): Promise<void> {
  const text = await textOf(file).catch(() => "");
  const field = ownField[document];
  if (text === undefined || field === undefined || isSealed(text) || hasField(text, field)) return;
  throw new SinkFailure(`${file} is there and was not made by vault-k8s. Move it away, or name another file.`);
}

function hasField(text: string, field: string): boolean {
  try {
    return field in (JSON.parse(text) as object);
  } catch {
    return false;
  }
}

async function readable(file: string): Promise<string | undefined> {
  const text = await textOf(file).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, {
      what: `The key file ${file} cannot be read`,
      why: error.code,
      fix: "Make it readable for you, or name another with --init-file.",
    });
  });
  if (text !== undefined || !(await leadsNowhere(file))) return text;
  throw failure(kinds.noKeys, {
    what: `The key file ${file} is a link that leads nowhere`,
    why: "What it leads to may be on a volume that is not there now.",
    fix: "Bring that back, or name another with --init-file.",
  });
}

async function namingFile(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const link = (await leadsNowhere(file)) ? ` It is a link that leads nowhere.` : "";
    throw new SinkFailure(`Writing ${file} ends with ${code}.${link}`, { taken: code === "EEXIST" && (await exists(file)) });
  }
}
