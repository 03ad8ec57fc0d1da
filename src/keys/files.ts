import { constants } from "node:fs";
import { link, lstat, mkdir, open, readFile, realpath, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";

/** Systems without hard links answer with one of these. */
const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/**
 * Writes a file that must not exist yet, mode 0600, so that it is whole or not there at all, and on the disk when this returns:
 * a temporary file, synced, linked to its name, the folder synced, and read back.
 * @throws the system's error, EEXIST when the file is there.
 */
export async function writeNewFile(file: string, text: string): Promise<void> {
  const temporary = temporaryOf(file);
  try {
    await writeTemporary(temporary, text);
    await linkNew(temporary, file);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
  await settle(file, text);
}

/** Gives a whole and synced file a second name that must not exist yet; where the system has no links, a copy. Throws EEXIST. */
export async function linkNew(from: string, file: string): Promise<void> {
  await link(from, file).catch(async (error: NodeJS.ErrnoException) => {
    if (!noLinks.has(error.code ?? "")) throw error;
    await writeSynced(file, await readFile(from, "utf8"));
  });
  await syncFolder(path.dirname(file));
}

/**
 * Writes a file in the place of one that may be there: at any time the one or the other is there, whole. A link stays, and what it leads
 * to is replaced: it may lead to an encrypted volume.
 * @throws the system's error, ENOENT for a link that leads nowhere.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const target = (await isLink(file)) ? await realpath(file) : file;
  const temporary = temporaryOf(target);
  try {
    await writeTemporary(temporary, text);
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await settle(target, text);
}

/** No name that anybody else takes. */
const temporaryOf = (file: string): string => `${file}.vault-k8s.tmp`;

const isLink = (file: string): Promise<boolean> =>
  lstat(file).then(
    (facts) => facts.isSymbolicLink(),
    () => false,
  );

/** Whether a name is a link whose target is not there, such as that of a volume that is not mounted. */
export const leadsNowhere = async (file: string): Promise<boolean> => (await isLink(file)) && (await realpath(file).catch(() => "")) === "";

async function settle(file: string, text: string): Promise<void> {
  await syncFolder(path.dirname(file));
  if ((await readFile(file, "utf8")) !== text) throw Object.assign(new Error("read back otherwise"), { code: "EIO" });
}

/** A temporary file always has the same name, so that what a killed run leaves does not pile up. */
async function writeTemporary(file: string, text: string): Promise<void> {
  await unlink(file).catch(ignoreMissing);
  await writeSynced(file, text);
}

/** A new file, mode 0600, synced. Throws EEXIST. */
async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a folder and those above it, mode 0700, each on the disk when this returns: a name is there when the folder above it was synced.
 * Node's own `recursive` never ends below /proc and the like. Throws the system's error.
 */
export async function makeFolder(folder: string): Promise<void> {
  const error = await tryMake(folder);
  if (error?.code !== "ENOENT" || path.dirname(folder) === folder) return refuseFailed(folder, error);
  await makeFolder(path.dirname(folder));
  await refuseFailed(folder, await tryMake(folder));
}

const tryMake = (folder: string): Promise<NodeJS.ErrnoException | undefined> =>
  mkdir(folder, { mode: 0o700 })
    .then(() => syncFolder(path.dirname(folder)).catch(unlessUnreadable))
    .then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    );

/** A folder may be made below one that cannot be read. */
function unlessUnreadable(error: NodeJS.ErrnoException): void {
  if (error.code !== "EACCES") throw error;
}

async function refuseFailed(folder: string, error: NodeJS.ErrnoException | undefined): Promise<void> {
  if (error === undefined || (error.code === "EEXIST" && (await stat(folder)).isDirectory())) return;
  throw error.code === "EEXIST" ? Object.assign(new Error("not a folder"), { code: "ENOTDIR" }) : error;
}

/** Takes a file away for good; silent when it is not there. */
export async function removeFile(file: string): Promise<void> {
  if (await unlink(file).then(() => true, ignoreMissing)) await syncFolder(path.dirname(file));
}

function ignoreMissing(error: NodeJS.ErrnoException): false {
  if (error.code === "ENOENT") return false;
  throw error;
}

/** The text of a file; undefined when it is not there. */
export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
}

/** Whether a name is taken, also by a link that leads nowhere. */
export const exists = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

/** A name is on the disk when its folder is; some systems cannot sync a folder. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync().catch((error: NodeJS.ErrnoException) => {
      if (!["EINVAL", "EPERM", "EISDIR", "ENOTSUP"].includes(error.code ?? "")) throw error;
    });
  } finally {
    await handle.close();
  }
}
