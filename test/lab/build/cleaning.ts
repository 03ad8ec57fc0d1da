import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, goCaches, isBuilt } from "./cache.ts";
import { recipes } from "./recipes.ts";

const discarded = "go.discarded-";

/**
 * Removes Go's caches, some 15 GB, once all components are there, and says whether there were any; calls `begins` before it deletes. For the
 * lock's holder only. They get another name first, so that a removal that is cut off leaves no half cache under the real one.
 */
export async function removeGoCaches(begins: () => void): Promise<boolean> {
  if (process.env["VAULT_K8S_LAB_KEEP_GO_CACHES"] || !recipes.every(isBuilt)) return false;
  if (existsSync(goCaches())) await rename(goCaches(), join(cacheRoot(), discarded + randomUUID()));
  const names = (await readdir(cacheRoot())).filter((name) => name.startsWith(discarded));
  if (names.length > 0) begins();
  for (const name of names) await rm(join(cacheRoot(), name), { recursive: true, force: true });
  return names.length > 0;
}
