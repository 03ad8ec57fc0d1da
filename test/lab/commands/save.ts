import { frozen } from "../cluster/freeze.ts";
import { runningPair } from "../cluster/pair.ts";
import { takeLab } from "../state/lock.ts";
import { labPaths } from "../state/paths.ts";
import { keepState } from "../state/saved.ts";
import { named } from "./name.ts";
import { sayer } from "./say.ts";

/** Keeps the state of the lab, which goes on. Whoever works on it meanwhile waits a moment. */
export async function save(name: string | undefined): Promise<void> {
  const say = sayer();
  const state = named(name);
  const paths = labPaths();
  const release = await takeLab(paths, say);
  try {
    await frozen(runningPair(paths), () => keepState(paths, state));
  } finally {
    release();
  }
  say(`saved as ${state}: npm run lab -- restore ${state}`);
}
