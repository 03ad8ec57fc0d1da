import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { componentFolder } from "./cache.ts";
import { makeChart } from "./chart.ts";
import type { Recipe } from "./recipes.ts";
import { moduleFolder } from "./source.ts";
import { go } from "./toolchain.ts";

/** Builds work beside the finished folders, so that a finished one only needs its name. */
const workPrefix = ".making-";

/** Builds one component aside and gives its folder the name when it is whole: what has that name can be trusted. */
export async function buildComponent(recipe: Recipe): Promise<string> {
  const folder = componentFolder(recipe.component);
  await inWorkFolder(recipe, async (work) => {
    const result = await makeIn(work, recipe);
    if (componentFolder(recipe.component) !== folder) throw new Error("its files were changed during the build.");
    await rm(folder, { recursive: true, force: true });
    await rename(result, folder);
  });
  return folder;
}

/** Downloads what a build will need while another one compiles. What goes wrong here is left to the build to tell. */
export async function fetchModules(recipe: Recipe): Promise<void> {
  const fetching = inWorkFolder(recipe, async (work) => {
    const module = await moduleFolder(recipe, { folder: work, niceness: 15 });
    await go({ folder: module, niceness: 15 }, "list", "-deps", ...tagsOf(recipe), ...packagesOf(recipe));
  });
  await fetching.catch(() => undefined);
}

/** Removes what builds left that were killed. Only for the holder of the lock: nobody else builds then. */
export async function removeUnfinished(recipe: Recipe): Promise<void> {
  const folder = dirname(componentFolder(recipe.component));
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(workPrefix))) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function inWorkFolder(recipe: Recipe, use: (work: string) => Promise<void>): Promise<void> {
  const parent = dirname(componentFolder(recipe.component));
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, workPrefix));
  try {
    await use(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function makeIn(work: string, recipe: Recipe): Promise<string> {
  const module = await moduleFolder(recipe, { folder: work });
  const result = join(work, "result");
  await mkdir(result);
  await go({ folder: module }, ...buildArguments(recipe, result));
  if (recipe.patched !== undefined) await makeChart(recipe, join(module, recipe.patched.folder), join(result, "chart"));
  return result;
}

/** What `go` is told. Several programs go into the folder by their packages' names, a single one gets its own. */
export function buildArguments(recipe: Recipe, result: string): string[] {
  const [first, ...others] = recipe.programs;
  const output = first !== undefined && others.length === 0 ? join(result, first.file) : `${result}/`;
  const values = Object.entries(recipe.linkerValues ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const compiler = recipe.quick ? ["-gcflags=all=-N -l"] : [];
  const linker = ["-s", "-w", ...values].join(" ");
  const flags = ["-trimpath", "-buildvcs=false", ...compiler, "-ldflags", linker, ...tagsOf(recipe)];
  return ["build", ...flags, "-o", output, ...packagesOf(recipe)];
}

function tagsOf(recipe: Recipe): string[] {
  return recipe.tags === undefined ? [] : ["-tags", recipe.tags.join(",")];
}

function packagesOf(recipe: Recipe): string[] {
  return recipe.programs.map((program) => program.package);
}
