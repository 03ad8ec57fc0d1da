import { link, readdir, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fateOf, type Holder } from "../core/holder.ts";
import { isHolder } from "../core/holder-shape.ts";
import { textOf } from "./files.ts";

/** What stands in a lock file: a holder, or something that is no lock of ours. */
export type Found = { readonly kind: "holder"; readonly holder: Holder } | { readonly kind: "foreign" } | undefined;

/** Undefined when there is no such file. Throws the system's error. */
export async function lockedBy(file: string): Promise<Found> {
  const text = await textOf(file);
  if (text === undefined) return undefined;
  try {
    const holder: unknown = JSON.parse(text);
    return isHolder(holder) ? { kind: "holder", holder } : { kind: "foreign" };
  } catch {
    return { kind: "foreign" };
  }
}

/** Makes a lock file, whole at once; false where its name is taken. Throws the system's error. */
export async function tryLock(file: string, holder: Holder): Promise<boolean> {
  const temporary = `${file}.${holder.nonce}`;
  await writeFile(temporary, `${JSON.stringify(holder)}\n`, { flag: "wx", mode: 0o600 });
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!noLinks.has(code)) throw error;
    return await tryLockWithoutLinks(file, holder);
  } finally {
    await unlink(temporary);
  }
}

const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

async function tryLockWithoutLinks(file: string, holder: Holder): Promise<boolean> {
  return writeFile(file, `${JSON.stringify(holder)}\n`, { flag: "wx", mode: 0o600 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
}

/**
 * Takes away the lock of a holder that is gone, and no other: of all that found it, only the one that may make the file of its nonce does so,
 * and looks again before. Who made that file may be gone too.
 * @returns false while another process is about to do it.
 */
export async function breakLock(file: string, { nonce }: Holder, me: Holder): Promise<boolean> {
  const right = `${file}.${nonce}.broken`;
  if (!(await tryLock(right, me))) {
    const found = await lockedBy(right);
    return found?.kind === "holder" && fateOf(found.holder) === "gone" && breakLock(right, found.holder, me);
  }
  try {
    const now = await lockedBy(file);
    if (now?.kind === "holder" && now.holder.nonce === nonce) await unlink(file);
    return true;
  } finally {
    await unlink(right);
  }
}

/**
 * What processes left that were killed while they took a lock or broke one. It hinders nobody, since no nonce comes twice, and would pile up. Only
 * for who has the lock.
 */
export async function sweep(file: string, me: Holder): Promise<void> {
  const { dir, base } = path.parse(file);
  const names = await readdir(dir).catch(() => []);
  const left = names.filter((name) => name.startsWith(`${base}.`) && /^(\.[0-9a-f]{16}(\.broken)?)+$/.test(name.slice(base.length)));
  for (const name of left) {
    const found = await lockedBy(path.join(dir, name)).catch(() => undefined);
    if (found?.kind === "holder" && found.holder.nonce !== me.nonce && fateOf(found.holder) === "gone")
      await unlink(path.join(dir, name)).catch(() => undefined);
  }
}
