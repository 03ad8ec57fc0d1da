// npm run packaging: the packed file in fresh folders with nothing but Node, for each line of Node that package.json names, and the executable. `--lab NAME` also
// looks at eks-prod of a lab that is up (LAB_NAME; "" is the checkout's own). The Nodes come from npm; `--nodes FOLDER` keeps
// them for another time.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { Scene } from "../test/contract/scene.ts";
import { labState } from "../test/lab/api.ts";
import { nodeOf } from "./packaging/node.ts";
import { fresh, packed, type Fresh } from "./packaging/fresh.ts";

/** The oldest that is allowed, and the newest of each line. */
const versions = ["22.19.0", "22", "24", "26"];
const { values } = parseArgs({ options: { lab: { type: "string" }, nodes: { type: "string" } } });

const folder = mkdtempSync(join(tmpdir(), "vault-k8s-packaging-"));
const nodes = values.nodes ?? folder;
try {
  const file = await packed(folder);
  for (const version of versions) await tryOn(version, file);
  await tryExecutable();
} finally {
  rmSync(folder, { recursive: true });
}

async function tryOn(version: string, file: string): Promise<void> {
  const nodeProgram = await nodeOf(version, join(nodes, `node-${version}`));
  const place = fresh(join(folder, `fresh-${version}`), nodeProgram);
  const { stdout: node } = await execa("node", ["--version"], { ...place, cwd: place.folder, extendEnv: false });
  await place.npm(["install", file]);
  await place.npm(["exec", "--yes", `--package=${file}`, "--", "vault-k8s", "--help"]);
  const program = join(place.folder, "node_modules/.bin/vault-k8s");
  const { stdout } = await run(place, [program, "--help"]);
  console.log(`Node ${node}: installed, npx and ${stdout.split("\n")[0]}`);
  await onServers(place, program, node);
  if (values.lab !== undefined) await onLab(place, program, node);
}

/** Without any Node on its PATH. */
async function tryExecutable(): Promise<void> {
  const node = await nodeOf("26", join(nodes, "node-26"));
  await execa(process.execPath, [join(import.meta.dirname, "executable.ts"), "--node", node], { stdio: "inherit" });
  const program = join(import.meta.dirname, "../dist/executable/vault-k8s");
  const place = { folder, env: { PATH: "", HOME: folder } };
  for (const args of [["--help"], ["explain", "VK1008"], ["config", "view", "--cluster", "eks"]]) await run(place, [program, ...args]);
  console.log("The executable: help, explain and config view");
  // helm, which is a stand-in here, is a script.
  const withPath = { env: { ...place.env, PATH: process.env["PATH"] ?? "" } };
  await onServers(withPath, program, "in the executable");
  if (values.lab !== undefined) await onLab(withPath, program, "in the executable");
}

/** From nothing to a wired cluster, on the servers of the contract tests, and before that a dry run. */
async function onServers({ env }: Pick<Fresh, "env">, program: string, node: string): Promise<void> {
  const scene = await Scene.open();
  try {
    const place = { env: { ...env, XDG_CACHE_HOME: scene.folder, VAULT_K8S_HELM: scene.helm.program }, folder: scene.folder };
    const bootstrap = [program, "bootstrap", "--cluster", "eks-prod", "--kubeconfig", "kubeconfig"];
    await run(place, [...bootstrap, "--dry-run"]);
    await run(place, bootstrap);
    const { stdout } = await run(place, [...bootstrap, "--dry-run"]);
    const plan = stdout.split("\n").find((line) => line.startsWith("Plan:"));
    if (plan?.startsWith("Plan: 0 to create, 0 to update, 0 known later") !== true) throw new Error(`after bootstrap: ${stdout}`);
    console.log(`Node ${node}: bootstrap, and then ${plan}`);
  } finally {
    await scene.close();
  }
}

async function onLab(place: Pick<Fresh, "env">, program: string, node: string): Promise<void> {
  const lab = labState(values.lab);
  const command = [program, "bootstrap", "--cluster", "eks-prod", "--dry-run"];
  // The lab's PATH has the vault-k8s and the node of the checkout; here the fresh folder's come first.
  const env = { ...lab.env, PATH: `${place.env["PATH"]?.split(":")[0]}:${lab.env["PATH"]}`, HOME: place.env["HOME"] ?? "" };
  const { stdout } = await run({ env, folder: lab.work }, lab.onNetwork(command));
  console.log(`Node ${node}: ${stdout.split("\n").find((line) => line.startsWith("Plan:")) ?? stdout}`);
}

async function run(
  { env, folder }: Pick<Fresh, "env" | "folder">,
  [program = "", ...args]: readonly string[],
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return execa(program, args, { env, cwd: folder, extendEnv: false, stdin: "ignore" });
}
