import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Recipe } from "./recipes.ts";

/** Folder that the paths in recipes are seen from. */
export const buildFolder = import.meta.dirname;

/** A short hash of all that a recipe's result depends on: its own text, its module's files and its further inputs. */
export function fingerprint(recipe: Recipe, folder: string = buildFolder): string {
  const { seconds: _estimate, ...inputs } = recipe;
  const hash = createHash("sha256").update(JSON.stringify([process.arch, inputs]));
  for (const path of [recipe.module, ...(recipe.inputs ?? [])].flatMap((each) => filesUnder(folder, each))) {
    const content = readFileSync(join(folder, path));
    hash.update(`\n${path} ${content.length}\n`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}

/** The files under a path in a fixed order; none where there is nothing yet. */
function filesUnder(folder: string, path: string): string[] {
  const found = statSync(join(folder, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const names = readdirSync(join(folder, path)).sort();
  return names.flatMap((name) => filesUnder(folder, join(path, name)));
}
