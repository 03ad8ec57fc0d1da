import { z } from "zod";
import { failure, kinds } from "../errors.ts";
import { json, parseAs } from "./documents.ts";
import { makeFolder, replaceFile, textOf } from "./files.ts";
import { existing } from "./former.ts";
import type { KeyFiles } from "./place.ts";
import path from "node:path";

/** Which Vault keys belong to: what is known of it. */
const fields = {
  kubeSystemUid: z.string().optional(),
  namespace: z.string().optional(),
  release: z.string().optional(),
  context: z.string().optional(),
  /** Learned from the first pod that was unsealed with them. */
  vaultClusterId: z.string().optional(),
  /** The engines that Vault had when it was initialised, path to type: others are somebody's. */
  freshEngines: z.record(z.string(), z.string()).optional(),
  keptIn: z.array(z.string()).optional(),
  /** The name under which a command keeps them that nobody reads back. */
  keptAs: z.string().optional(),
};
const shape = z.looseObject(fields).refine((found) => Object.keys(fields).some((name) => name in found), { message: "none of its fields" });
export type Origin = { readonly [K in keyof typeof fields]?: z.output<(typeof fields)[K]> };

/** Undefined when there is none: a key file may have been made by hand. Throws VK1009 when it is broken, or somebody else's. */
export async function readOrigin(files: KeyFiles): Promise<Origin | undefined> {
  const file = await existing(files, "origin");
  const text = await textOf(file).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, { what: `${file} cannot be read`, why: error.code, fix: "Make it readable for you." });
  });
  return text === undefined ? undefined : parseAs(shape, text, file);
}

/** Throws VK1009 where somebody else's file has its name, and the system's error. */
export async function writeOrigin(files: KeyFiles, origin: Origin): Promise<void> {
  const before = await readOrigin(files);
  await makeFolder(path.dirname(files.origin));
  if (before === undefined || JSON.stringify(before) !== JSON.stringify(origin)) await replaceFile(files.origin, json(origin));
}

/** In what two accounts of a Vault contradict each other; what one of them does not know is no contradiction. */
export function contradiction(written: Origin, now: Origin): string | undefined {
  const differ = (name: "kubeSystemUid" | "namespace" | "release"): boolean =>
    written[name] !== undefined && now[name] !== undefined && written[name] !== now[name];
  if (differ("kubeSystemUid"))
    return `They are of the cluster whose kube-system namespace has UID ${written.kubeSystemUid}; context ${now.context ?? "?"} is ${now.kubeSystemUid}.`;
  const place = ({ namespace, release }: Origin): string =>
    `${release === undefined ? "" : `release ${release} in `}namespace ${namespace ?? "?"}`;
  return differ("namespace") || differ("release") ? `They are of Vault's ${place(written)}; this run is about ${place(now)}.` : undefined;
}
