import type { Stats } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { failure, kinds } from "../errors.ts";

/** Who runs this: their own number, root's, and under sudo that of the person who called it. Nobody where the system has no owners. */
function own(env: Readonly<Record<string, string | undefined>>): ReadonlySet<number> | undefined {
  const uid = process.getuid?.();
  if (uid === undefined) return undefined;
  const caller = uid === 0 && /^\d+$/.test(env["SUDO_UID"] ?? "") ? [Number(env["SUDO_UID"])] : [];
  return new Set([uid, 0, ...caller]);
}

/**
 * A file that was only found in the working folder may be anybody's: it must be the user's own or root's, and nobody else may write it, as
 * git asks of a repository (safe.directory). A group that is the user's own alone is nobody else.
 * @throws CliError VK1011; what `lstat` throws where there is no such file.
 */
export async function refuseForeign(absolute: string, shown: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const owners = own(env);
  if (owners === undefined) return;
  for (const found of [await lstat(absolute), await stat(absolute)]) {
    if (!owners.has(found.uid)) throw foreign(shown, `It belongs to user ${found.uid}.`);
    if (!found.isSymbolicLink() && othersWrite(found)) throw foreign(shown, "Others may write it.");
  }
}

const othersWrite = ({ mode, gid }: Stats): boolean =>
  (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== process.getgid?.() && gid !== 0);

const foreign = (shown: string, why: string) =>
  failure(kinds.foreignConfig, {
    what: `${shown} was found in this folder, and it is not yours alone`,
    why: `${why} It may name programs that are run, and addresses that tokens go to.`,
    fix: `Read it. If you mean it, say so: -f ${shown}. If it is yours: chmod go-w ${shown}`,
  });
