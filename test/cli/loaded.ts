import { readFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { home, type Ran, type RunOptions } from "./product.ts";

// Tells which files are loaded, without changing anything of how they are, and at the end which parts of Node.
const recorder = `
const { registerHooks } = require("node:module");
const { appendFileSync } = require("node:fs");
registerHooks({ load(url, context, next) { if (url.startsWith("file:")) appendFileSync(process.env.LOADED, url + "\\n"); return next(url, context); } });
process.on("exit", () => appendFileSync(process.env.LOADED, process.moduleLoadList.map((name) => name + "\\n").join("")));
`;

/** What a run of the built command loaded. */
export interface Loaded {
  readonly ran: Ran;
  /** Files, ours and those of the bundle. */
  readonly files: readonly string[];
  /** The packages that the loaded chunks of the bundle were made from. */
  readonly packages: readonly string[];
  /** Of all files, in kB. */
  readonly size: number;
  /** Modules of Node, its own inner ones too. */
  readonly node: readonly string[];
}

let count = 0;

/** @param run starts the command with these options. */
export async function loadedBy(run: (options: RunOptions) => Promise<Ran>): Promise<Loaded> {
  const [script, list] = [join(home, "recorder.cjs"), join(home, `loaded-${(count += 1)}`)];
  await writeFile(script, recorder);
  await writeFile(list, "");
  const ran = await run({ node: ["--require", script], env: { LOADED: list } });
  const lines = [...new Set((await readFile(list, "utf8")).trim().split("\n"))];
  const files = lines.filter((line) => line.startsWith("file:") && !line.endsWith("recorder.cjs")).map((url) => fileURLToPath(url));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const node = lines.filter((line) => line.startsWith("NativeModule ")).map((line) => line.slice("NativeModule ".length));
  return { ran, files, packages: await packagesIn(files), size: sizes.reduce((sum, size) => sum + size, 0) / 1000, node };
}

async function packagesIn(files: readonly string[]): Promise<string[]> {
  const chunks = JSON.parse(await readFile(join(import.meta.dirname, "../../dist/chunks.json"), "utf8")) as Record<string, string[]>;
  return [...new Set(files.flatMap((file) => chunks[basename(file)] ?? []))].sort();
}
