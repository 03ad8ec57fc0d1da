import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { buildFolder } from "./fingerprint.ts";
import type { PatchedSource, Recipe } from "./recipes.ts";
import { go, type GoRun } from "./toolchain.ts";

const download = z.object({ Dir: z.string() });

/** Gives a folder to build in: the module's own, or in the given work folder a copy of it beside the patched source. */
export async function moduleFolder(recipe: Recipe, work: GoRun): Promise<string> {
  const module = join(buildFolder, recipe.module);
  if (recipe.patched === undefined) return module;
  const original = await originalOf(recipe.patched, work);
  const copy = join(work.folder, "module");
  await cp(module, copy, { recursive: true });
  await placeSource(recipe.patched, original, copy);
  return copy;
}

/** Downloads a module as it is published, and tells where it lies. Not run in the module, whose `replace` hides it. */
async function originalOf(patched: PatchedSource, work: GoRun): Promise<string> {
  const found = await go(work, "mod", "download", "-json", `${patched.module}@v${patched.version}`);
  return download.parse(JSON.parse(found)).Dir;
}

/** Sources of modules are read-only files, so a new one takes the place of the old instead of being written into it. */
async function placeSource(patched: PatchedSource, original: string, module: string): Promise<void> {
  const target = join(module, patched.folder);
  await cp(original, target, { recursive: true });
  for (const [theirs, ours] of Object.entries(patched.files)) {
    await rm(join(target, theirs));
    await cp(join(module, ours), join(target, theirs));
  }
}
