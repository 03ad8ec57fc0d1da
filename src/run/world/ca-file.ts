import { randomBytes } from "node:crypto";
import { readFile, rename, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { failure, kinds } from "../../errors.ts";
import { homeIn } from "../../core/home.ts";
import { makeFolder } from "../../keys/files.ts";
import { dataFolder } from "../../keys/place.ts";

/**
 * Keeps the CA of a cluster's Vault in the user's data folder, so that `vault` can be told of it by VAULT_CACERT. A certificate is
 * no secret: the file is readable by all, its folder is not.
 * @returns its path. Throws VK1009 when it cannot be written.
 */
export async function keepCa(cluster: string, pem: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folder = dataFolder(env, homeIn(env));
  if (folder === undefined)
    throw failure(kinds.badInput, {
      what: "The CA of Vault cannot be kept: no home folder is known",
      why: "Neither XDG_DATA_HOME nor HOME is a whole path.",
      fix: "All else is done. Set HOME or XDG_DATA_HOME, then run the same command again.",
    });
  const file = path.join(folder, cluster, "ca.crt");
  if ((await readFile(file, "utf8").catch(() => undefined)) === pem) return file;
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await makeFolder(path.dirname(file));
    await writeFile(temporary, pem, { mode: 0o644, flag: "wx" });
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw failure(kinds.badInput, {
      what: `The CA of Vault cannot be written to ${file}`,
      why: (error as NodeJS.ErrnoException).code,
      fix: "All else is done. Make room or rights there (XDG_DATA_HOME names another place), then run the same command again.",
    });
  }
  return file;
}
