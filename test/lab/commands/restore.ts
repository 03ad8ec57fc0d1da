import { parseArgs } from "node:util";
import { bothAwake, bothReady, endClusters, startAgain } from "../cluster/pair.ts";
import { LabError } from "../errors.ts";
import { linkPrograms } from "../state/bin.ts";
import { takeLab } from "../state/lock.ts";
import { labPaths } from "../state/paths.ts";
import type { LabPaths } from "../state/paths.ts";
import { putBack, savedNames } from "../state/saved.ts";
import { named } from "./name.ts";
import { sayer } from "./say.ts";
import type { Say } from "./say.ts";

export interface RestoreOptions {
  readonly name: string | undefined;
  /** LAB_NAME of another lab of this checkout, whose saved state it is. */
  readonly of?: string | undefined;
}

/** Ends all that runs in the lab and starts it as it was saved: pods run again, and Vault is unsealed with the keys of that time. */
export async function restore({ name, of }: RestoreOptions): Promise<void> {
  const say = sayer();
  const state = named(name);
  const [paths, source] = [labPaths(), labPaths(of)];
  if (!savedNames(source).includes(state))
    throw new LabError(`There is no saved state ${state}: ${savedNames(source).join(", ") || "none"}`);
  const release = await takeLab(paths, say);
  try {
    await endClusters(paths);
    await putBack(paths, state, source);
    await startSaved(paths, say);
  } finally {
    release();
  }
  say(`the lab is as it was saved: ${state}`);
}

async function startSaved(paths: LabPaths, say: Say): Promise<void> {
  linkPrograms(paths);
  const pair = await startAgain(paths);
  await bothReady(paths, pair, say).both;
  await bothAwake(paths, pair);
}

/** NAME [--of LAB]. @throws LabError */
export function restoreOptions(args: string[]): RestoreOptions {
  try {
    const { values, positionals } = parseArgs({ args, options: { of: { type: "string" } }, allowPositionals: true });
    return { name: positionals[0], of: values.of };
  } catch (error) {
    throw new LabError((error as Error).message);
  }
}
