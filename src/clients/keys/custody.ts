import { randomBytes } from "node:crypto";
import { access } from "node:fs/promises";
import path from "node:path";
import { failure, kinds } from "../../errors.ts";
import type { Keys, KeysWriter } from "../world.ts";
import { makeFolder, removeFile, replaceFile, writeNewFile } from "./new-file.ts";
import { keyFiles, type KeyFiles, type Origin } from "./place.ts";
import { keysShape, readKept, tokenShape } from "./kept.ts";

export interface CustodyOptions {
  /** Where the key file is or would be. Undefined when nothing says it: then there are no keys, and none can be kept. */
  readonly file: () => Promise<string | undefined>;
  /** For people, while the file is not looked for. */
  readonly title: string;
  /** Which Vault the keys belong to; asked when keys are read or about to be made. */
  readonly origin: () => Promise<Origin>;
}

/** The key file in the hands of this machine's user, shaped like `vault operator init -format=json`. */
export function keyCustody(options: CustodyOptions): KeysWriter {
  let title = options.title;
  const files = async (): Promise<KeyFiles | undefined> => {
    const file = await options.file();
    if (file !== undefined) title = file;
    return file === undefined ? undefined : keyFiles(file);
  };
  return {
    describe: () => title,
    read: async () => readKept(await files(), "keys", keysShape, options.origin),
    token: async () => (await readKept(await files(), "token", tokenShape, options.origin))?.token,
    keepToken: async (token) => keepToken(needed(await files()), token, options),
    initWasLost: async () => wasLost(await files()),
    prepare: async () => prepare(needed(await files()), options),
    keep: async (keys) => keep(needed(await files()), keys),
    abandon: async () => removeFile(needed(await files()).underWay),
  };
}

function needed(files: KeyFiles | undefined): KeyFiles {
  if (files !== undefined) return files;
  throw failure(kinds.keysNotWritable, {
    what: "Nothing says where the unseal keys are kept",
    fix: "Name the cluster with --cluster, or the file with --init-file.",
  });
}

async function wasLost(files: KeyFiles | undefined): Promise<boolean> {
  return files !== undefined && (await exists(files.underWay)) && !(await exists(files.keys));
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Proves the place with a file as large as the answer will be, written and read back in the same way. */
async function prepare(files: KeyFiles, options: CustodyOptions): Promise<void> {
  if (await exists(files.keys)) {
    throw failure(kinds.keysExist, {
      what: `The key file ${files.keys} exists already`,
      why: "Keys are never overwritten: they may be all that opens a Vault.",
      fix: "Move it away if its Vault is gone, or name another with --init-file.",
    });
  }
  const origin = await options.origin();
  await tried(files, async () => {
    await makeFolder(path.dirname(files.keys));
    const probe = `${files.keys}.${randomBytes(6).toString("hex")}.probe`;
    await writeNewFile(probe, randomBytes(16 * 1024).toString("hex"));
    await removeFile(probe);
    await removeFile(files.origin);
    await writeNewFile(files.origin, json(origin));
    await removeFile(files.underWay);
    await writeNewFile(files.underWay, json({ ...origin, since: new Date().toISOString() }));
  });
}

async function keep(files: KeyFiles, keys: Keys): Promise<void> {
  await tried(files, async () => {
    await writeNewFile(files.keys, json(keys));
    await removeFile(files.underWay);
  });
}

async function keepToken(files: KeyFiles, token: string, { origin }: CustodyOptions): Promise<void> {
  await tried(files, async () => {
    await makeFolder(path.dirname(files.token));
    if (!(await exists(files.origin))) await writeNewFile(files.origin, json(await origin()));
    await replaceFile(files.token, json({ token }));
  });
}

async function tried(files: KeyFiles, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await exists(files.keys)))
      throw failure(kinds.keysExist, {
        what: `The key file ${files.keys} exists already`,
        fix: "Move it away, or name another with --init-file.",
      });
    throw failure(kinds.keysNotWritable, {
      what: `The keys cannot be kept at ${files.keys}`,
      why: `Writing there ends with ${code}.`,
      fix: "Name a place that you may write to with --init-file.",
    });
  }
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
