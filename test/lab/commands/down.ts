import { existsSync, rmdirSync } from "node:fs";
import { endAll } from "../cluster/pair.ts";
import { takeLab } from "../state/lock.ts";
import { labPaths, stateHome } from "../state/paths.ts";

/** Ends the lab and removes all that it made on this machine; built components stay in the cache. */
export async function down(): Promise<void> {
  const paths = labPaths();
  if (!existsSync(paths.folder)) return console.error("The lab is not up.");
  const release = await takeLab(paths, (line) => console.error(line));
  try {
    await endAll(paths);
  } finally {
    release();
  }
  removeIfEmpty(stateHome());
  console.error("The lab is gone.");
}

/** Other labs of this user have their folders there too. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // not empty: another lab is up
  }
}
