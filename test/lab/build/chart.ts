import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Recipe } from "./recipes.ts";

/** Makes the chart of a patched source ready: a plain `helm install` of it then does what the published one does. */
export async function makeChart(recipe: Recipe, source: string, target: string): Promise<void> {
  if (recipe.chart === undefined) return;
  const templates = join(source, recipe.chart.templates);
  await cp(templates, target, { recursive: true, filter: isNeeded });
  const about = await readFile(join(templates, "Chart.yaml"), "utf8");
  await writeFile(join(target, "Chart.yaml"), chartOf(about, recipe.version));
  await writeResources(await readFile(join(source, recipe.chart.crds), "utf8"), join(target, "crds"));
}

/** Chart.yaml is written anew, and a copy of a module's file could not be overwritten. Chart.lock names the dependency. */
function isNeeded(path: string): boolean {
  return !/\/(Chart\.(yaml|lock)|tests|ci)$/.test(path);
}

/** Chart.yaml at the given version, which the image tags follow, without its optional subchart, which cannot be had. */
export function chartOf(text: string, version: string): string {
  const chart = parseDocument(text);
  chart.delete("dependencies");
  chart.set("version", version);
  chart.set("appVersion", `v${version}`);
  return chart.toString();
}

/** The custom resource definitions of a bundle, by the name of the file that each becomes. */
export function resourcesOf(bundle: string): Map<string, string> {
  const definitions = bundle.split(/^---\n/m).filter((each) => each.trim() !== "");
  return new Map(definitions.map((each) => [`${nameIn(each)}.yaml`, each]));
}

function nameIn(definition: string): string {
  const name = /^metadata:\n(?: {2,}.*\n)*? {2}name: (\S+)$/m.exec(definition)?.[1];
  if (name === undefined) throw new Error("The chart's bundle holds a resource without a name.");
  return name;
}

async function writeResources(bundle: string, folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, text] of resourcesOf(bundle)) await writeFile(join(folder, name), text);
}
