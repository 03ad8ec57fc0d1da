// npm run executable [-- --node PROGRAM]: one file for Linux that needs no Node, and the archive of it with all licences. It is made of the built bundle
// and of a Node that can make one (25.5 or newer); where none is named, npm's package `node` has it.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { assets, codeFiles } from "./executable/assets.ts";
import { withNode } from "./executable/with-node.ts";
import { nodeOf } from "./packaging/node.ts";

const checkout = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { node: { type: "string" } } });
const work = mkdtempSync(join(tmpdir(), "vault-k8s-executable-"));
try {
  const node = values.node ?? (await nodeOf("26", join(work, "node")));
  await archive(await build(node), node);
} finally {
  rmSync(work, { recursive: true });
}

async function build(node: string): Promise<string> {
  const [compiled, settings, output] = [join(work, "compiled"), join(work, "sea.json"), join(checkout, "dist/executable/vault-k8s")];
  mkdirSync(dirname(output), { recursive: true });
  await execa(node, [join(import.meta.dirname, "executable/code-cache.ts"), checkout, compiled, ...codeFiles(checkout)]);
  const main = join(import.meta.dirname, "executable/loader.cjs");
  // https://nodejs.org/api/single-executable-applications.html. What NODE_OPTIONS says goes for it as for the program that Node starts.
  const sea = { main, mainFormat: "commonjs", output, disableExperimentalSEAWarning: true, assets: assets(checkout, compiled) };
  writeFileSync(settings, JSON.stringify(sea));
  await execa(node, ["--build-sea", settings]);
  return output;
}

/** With the licences of all that is in it; Node's stands beside its program in the archives of nodejs.org, and not in npm's package. */
async function archive(executable: string, node: string): Promise<void> {
  const folder = dirname(executable);
  const { stdout: version } = await execa(node, ["-p", "process.versions.node"]);
  const read = (file: string): string => readFileSync(join(checkout, file), "utf8");
  writeFileSync(join(folder, "sbom.cdx.json"), withNode(read("dist/sbom.cdx.json"), version));
  copyFileSync(join(checkout, "LICENSE"), join(folder, "LICENSE"));
  copyFileSync(join(checkout, "dist/LICENSES.txt"), join(folder, "LICENSES.txt"));
  const licence = join(dirname(node), "../LICENSE");
  if (existsSync(licence)) copyFileSync(licence, join(folder, "LICENSE-node.txt"));
  else console.error("Node's licence does not lie beside it: what is made is not to be given to others. --node names one from nodejs.org.");
  const name = `vault-k8s-${(JSON.parse(read("package.json")) as { version: string }).version}-linux-${process.arch}.tar.gz`;
  await execa("tar", ["-C", folder, "--owner=0", "--group=0", "-czf", join(checkout, "dist", name), "."]);
  console.log(`${executable}, on Node ${version}; dist/${name}`);
}
