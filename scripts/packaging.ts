// npm run packaging: the packed file in fresh folders with nothing but Node, for each line of Node that package.json names. `--lab NAME` also
// looks at eks-prod of a lab that is up (LAB_NAME; "" is the checkout's own). The Nodes come from npm.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { labState } from "../test/lab/api.ts";
import { fresh, packed, type Fresh } from "./packaging/fresh.ts";

/** The oldest that is allowed, and the newest of each line. */
const versions = ["22.19.0", "22", "24", "26"];
const { values } = parseArgs({ options: { lab: { type: "string" } } });

const folder = mkdtempSync(join(tmpdir(), "vault-k8s-packaging-"));
try {
  const file = await packed(folder);
  for (const version of versions) await tryOn(version, file);
} finally {
  rmSync(folder, { recursive: true });
}

async function tryOn(version: string, file: string): Promise<void> {
  const nodes = join(folder, `node-${version}`);
  mkdirSync(nodes);
  // Its binary comes by a script, which npm wants allowed.
  writeFileSync(join(nodes, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
  await execa("npm", ["install", `node@${version}`], { cwd: nodes });
  const place = fresh(join(folder, `fresh-${version}`), join(nodes, "node_modules/node/bin/node"));
  const { stdout: node } = await execa("node", ["--version"], { ...place, cwd: place.folder, extendEnv: false });
  await place.npm(["install", file]);
  await place.npm(["exec", "--yes", `--package=${file}`, "--", "vault-k8s", "--help"]);
  const { stdout } = await run(place, [join(place.folder, "node_modules/.bin/vault-k8s"), "--help"]);
  console.log(`Node ${node}: installed, npx and ${stdout.split("\n")[0]}`);
  if (values.lab !== undefined) await dryRun(place, node);
}

async function dryRun(place: Fresh, node: string): Promise<void> {
  const lab = labState(values.lab);
  const command = [join(place.folder, "node_modules/.bin/vault-k8s"), "bootstrap", "--cluster", "eks-prod", "--dry-run"];
  // The lab's PATH has the vault-k8s and the node of the checkout; here the fresh folder's come first.
  const env = { ...lab.env, PATH: `${place.env["PATH"]?.split(":")[0]}:${lab.env["PATH"]}`, HOME: place.env["HOME"] ?? "" };
  const { stdout } = await run({ env, folder: lab.work }, lab.onNetwork(command));
  console.log(`Node ${node}: ${stdout.split("\n").find((line) => line.startsWith("Plan:")) ?? stdout}`);
}

async function run(
  { env, folder }: Pick<Fresh, "env" | "folder">,
  [program = "", ...args]: readonly string[],
): Promise<{ stdout: string }> {
  return execa(program, args, { env, cwd: folder, extendEnv: false, stdin: "ignore" });
}
