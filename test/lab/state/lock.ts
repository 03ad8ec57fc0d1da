import { takeLock } from "../build/lock.ts";
import type { LabPaths } from "./paths.ts";

/** Keeps others from starting or ending this lab; says once whom it waits for. */
export async function takeLab(paths: LabPaths, say: (line: string) => void): Promise<() => void> {
  let said = false;
  return takeLock(paths.lock, ({ pid }) => {
    if (!said) say(`waiting for process ${pid}, which works on this lab`);
    said = true;
    return true;
  });
}
