import { readFile } from "node:fs/promises";
import { z } from "zod";
import { failure, kinds } from "../../errors.ts";
import { parseAs, readOrigin, type KeyFiles, type Origin } from "./place.ts";

const words = z.array(z.string());
/** As `vault operator init -format=json` prints it. */
export const keysShape = z.object({
  unseal_keys_b64: words,
  unseal_keys_hex: words,
  unseal_shares: z.number(),
  unseal_threshold: z.number(),
  recovery_keys_b64: words.nullish().transform((list) => list ?? []),
  recovery_keys_hex: words.nullish().transform((list) => list ?? []),
  recovery_keys_shares: z
    .number()
    .nullish()
    .transform((count) => count ?? 0),
  recovery_keys_threshold: z
    .number()
    .nullish()
    .transform((count) => count ?? 0),
  root_token: z.string(),
});
export const tokenShape = z.object({ token: z.string().min(1) });

/**
 * What one of the files in custody holds; undefined when it is not there.
 * @param origin which cluster is meant now. Throws CliError VK1009 when the files are of another one, or are not what they should be.
 */
export async function readKept<T extends z.ZodType>(
  files: KeyFiles | undefined,
  which: "keys" | "token",
  shape: T,
  origin: () => Promise<Origin>,
): Promise<z.output<T> | undefined> {
  if (files === undefined) return undefined;
  const file = files[which];
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw failure(kinds.badInput, {
      what: `The key file ${file} cannot be read`,
      why: error.code,
      fix: "Make it readable for you, or name another with --init-file.",
    });
  });
  if (text === undefined) return undefined;
  const content = parseAs(shape, text, file);
  await refuseOthers(files, origin);
  return content;
}

/** A cluster that was made again under its old name has another UID: the old root token must not be sent to it. */
async function refuseOthers(files: KeyFiles, current: () => Promise<Origin>): Promise<void> {
  const written = (await readOrigin(files))?.kubeSystemUid;
  if (written === undefined) return;
  const { kubeSystemUid, context } = await current();
  if (kubeSystemUid === undefined || kubeSystemUid === written) return;
  throw failure(kinds.badInput, {
    what: `The key file ${files.keys} belongs to another cluster`,
    why: `It is of the cluster whose kube-system namespace has UID ${written}; context ${context ?? "?"} is ${kubeSystemUid}.`,
    fix: "If that cluster is gone, move the file away; else name another with --init-file, or choose another --context.",
  });
}
