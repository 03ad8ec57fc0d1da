import { existsSync, rmdirSync } from "node:fs";
import { endAll, endAllButSaved } from "../cluster/pair.ts";
import { takeLab } from "../state/lock.ts";
import { labPaths, stateHome } from "../state/paths.ts";

export interface DownOptions {
  /** What was saved stays, for restore; a later down without this removes it. */
  readonly keepSaved: boolean;
}

/** Ends the lab and removes all that it made on this machine; built components stay in the cache. */
export async function down({ keepSaved }: DownOptions): Promise<void> {
  const paths = labPaths();
  if (!existsSync(paths.folder)) return console.error("The lab is not up.");
  const release = await takeLab(paths, (line) => console.error(line));
  try {
    await (keepSaved ? endAllButSaved(paths) : endAll(paths));
  } finally {
    release();
  }
  removeIfEmpty(stateHome());
  console.error(keepSaved ? "The lab is gone, but for what was saved." : "The lab is gone.");
}

/** Other labs of this user have their folders there too. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // not empty: another lab is up
  }
}
