import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** Options of `openssl req` for a new key that has no passphrase. */
export const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Runs openssl in a folder. Throws where it fails. */
export const openssl = (cwd: string, args: readonly string[]): Promise<unknown> => execa("openssl", args, { cwd, stdin: "ignore" });

/** Makes ca.key and ca.crt there: an authority that is valid for `days`. */
export const newAuthority = (folder: string, days: number, name: string): Promise<unknown> =>
  openssl(folder, ["req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.crt", "-days", `${days}`, "-subj", `/CN=${name}`]);

/** Extensions of a server's certificate for `names`, as openssl writes them. */
export const serverExtensions = (names: string): string =>
  `subjectAltName=${names}\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n`;

/** A certificate and its key, as files of the folder. */
export async function pair(folder: string, name: string): Promise<{ readonly cert: string; readonly key: string }> {
  const [cert = "", key = ""] = await Promise.all(["crt", "key"].map((end) => readFile(join(folder, `${name}.${end}`), "utf8")));
  return { cert, key };
}
