import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { failure, kinds } from "../errors.ts";
import { isSealed } from "./age.ts";
import { exists, linkNew, removeFile, textOf } from "./files.ts";
import type { KeyFiles } from "./place.ts";

type Companion = "origin" | "token" | "underWay" | "spool";

const text = z.string();
const origin = { kubeSystemUid: text, namespace: text, context: text, vaultClusterId: text, keptIn: z.array(text) };
const mark = { ...origin, node: text, since: text, process: z.number(), host: text, kept: z.boolean() };

/** What earlier versions wrote: no field more. Files of these plain names may be anybody's. */
const shapes: Readonly<Record<Companion | "share", z.ZodType>> = {
  origin: z.strictObject(origin).partial(),
  token: z.strictObject({ token: text }),
  underWay: z.strictObject(mark).partial().required({ node: true, since: true }),
  spool: z.looseObject({ unseal_keys_b64: z.array(text), root_token: text }),
  share: z.looseObject({ holder: text, index: z.number(), key: text, key_hex: text }),
};

function isOfShape(kind: keyof typeof shapes, found: string): boolean {
  if (kind === "spool" && /^\s*($|\{\s*"unseal_keys_b64")/.test(found)) return true;
  if (isSealed(found)) return kind !== "origin" && kind !== "underWay";
  try {
    const parsed = JSON.parse(found) as object;
    return shapes[kind].safeParse(parsed).success && Object.keys(parsed).length > 0;
  } catch {
    return false;
  }
}

/**
 * Where a file beside the keys stands: under its name, or under the one that an earlier version gave it.
 * @throws CliError VK1009 where nobody can tell of which key file it is.
 */
export async function existing(files: KeyFiles, which: Companion): Promise<string> {
  if (await exists(files[which])) return files[which];
  return (await isFormer(files, which, files.former[which])) ? files.former[which] : files[which];
}

/** The same for the share of a holder. */
export async function existingShare(files: KeyFiles, document: string, now: string): Promise<string> {
  if (await exists(now)) return now;
  return (await isFormer(files, "share", files.former.document(document))) ? files.former.document(document) : now;
}

async function isFormer(files: KeyFiles, kind: keyof typeof shapes, file: string): Promise<boolean> {
  const found = await textOf(file).catch(() => undefined);
  if (found === undefined) return false;
  if (!isOfShape(kind, found)) return kind === "origin" && (await refuseUnreadable(files, found));
  if (kind === "origin" || (await isKnown(files))) return true;
  const others = await sharing(files.keys);
  if (others.length === 0) return true;
  throw failure(kinds.badInput, {
    what: `${file} may belong to ${files.keys} or to ${others.join(", ")}`,
    why: "Earlier versions left the extension of the key file out of its name, and nothing says whose it is.",
    fix: `If it is of ${files.keys}, rename it: ${kind === "share" ? `${files.keys}.…` : files[kind]}. Else to that name beside the other one.`,
  });
}

/** Whether something says which Vault the keys belong to: it is compared before any of them is used. */
const isKnown = async (files: KeyFiles): Promise<boolean> =>
  (await exists(files.origin)) || isOfShape("origin", (await textOf(files.former.origin).catch(() => undefined)) ?? "");

/** What was known of keys that are there may have been damaged: then they must not count as keys of which nothing is known. */
async function refuseUnreadable(files: KeyFiles, found: string): Promise<false> {
  if (!(await exists(files.keys)) || isJson(found)) return false;
  throw failure(kinds.badInput, {
    what: `${files.former.origin} is not what it should be`,
    why: `It is not JSON. An earlier version kept there which Vault ${files.keys} belongs to.`,
    fix: "Bring back what was written there. If it has nothing to do with the keys, move it away.",
  });
}

function isJson(found: string): boolean {
  try {
    JSON.parse(found);
    return true;
  } catch {
    return false;
  }
}

/** Files for which earlier versions would have had the same names. */
async function sharing(file: string): Promise<string[]> {
  const { dir, name, base } = path.parse(file);
  const entries = await readdir(dir).catch(() => []);
  return entries.filter((entry) => entry !== base && path.parse(entry).name === name).sort();
}

/** Brings what stands under a name of an earlier version under the name of now. Never over something. Throws the system's error. */
export async function moveFormer(files: KeyFiles, shares: readonly (readonly [document: string, now: string])[]): Promise<void> {
  for (const which of ["token", "underWay", "spool", "origin"] as const)
    await move(await existing(files, which), files[which], files.former[which]);
  for (const [document, now] of shares) await move(await existingShare(files, document, now), now, files.former.document(document));
}

async function move(from: string, to: string, former: string): Promise<void> {
  if (from !== to) await linkNew(from, to);
  // A run that was ended in between has left both names.
  if (from !== to || (await areOne(to, former))) await removeFile(former);
}

async function areOne(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((file) => lstat(file).catch(() => undefined)));
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}
