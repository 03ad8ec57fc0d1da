import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** Gets a Node from npm into a folder. Returns the program. */
export async function nodeOf(version: string, folder: string): Promise<string> {
  const program = join(folder, "node_modules/node/bin/node");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  // Its binary comes by a script, which npm wants allowed.
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
  await execa("npm", ["install", `node@${version}`], { cwd: folder });
  return program;
}
