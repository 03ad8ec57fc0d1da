import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "./fingerprint.ts";
import { recipeOf, type Recipe } from "./recipes.ts";

/** Folder that all checkouts of this machine share for what the lab builds. */
export function cacheRoot(): string {
  const base = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(base, "vault-k8s-lab");
}

/** Folder of Go's own caches: the downloaded modules and the compiled packages of a build that is under way. */
export function goCaches(): string {
  return join(cacheRoot(), "go");
}

/** Folder of a built component, whether it is there yet or not. */
export function componentFolder(component: Recipe["component"]): string {
  const recipe = recipeOf(component);
  return join(cacheRoot(), component, `${recipe.version}-${fingerprint(recipe)}`);
}

/** Whether a component is there. Its folder gets its name only when it is whole, so no closer look is needed. */
export function isBuilt(recipe: Recipe): boolean {
  const folder = componentFolder(recipe.component);
  return recipe.programs.every((program) => existsSync(join(folder, program.file)));
}
