import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";

const checkout = join(import.meta.dirname, "../..");

/** What a command said; it succeeded. */
type Said = { readonly stdout: string; readonly stderr: string };

/** A folder in which there is nothing yet but Node, npm, and a home. */
export interface Fresh {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** npm, without a network. @throws what it says where it fails */
  npm(args: readonly string[]): Promise<Said>;
}

/** Packs the checkout as it is built. Returns the file. */
export async function packed(into: string): Promise<string> {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", into];
  const { stdout } = await execa("npm", args, { cwd: checkout });
  const [{ filename = "" } = {}] = Object.values(JSON.parse(stdout) as Readonly<Record<string, { readonly filename: string }>>);
  return join(into, filename);
}

/** Makes such a folder, with this program as its `node`. */
export function fresh(folder: string, node: string): Fresh {
  const bin = join(folder, "bin");
  mkdirSync(join(folder, "home"), { recursive: true });
  mkdirSync(bin);
  symlinkSync(node, join(bin, "node"));
  // env and sh are the system's.
  const env = { PATH: [bin, "/usr/bin", "/bin"].join(delimiter), HOME: join(folder, "home"), LANG: "C.UTF-8", npm_config_offline: "true" };
  const npm = async (args: readonly string[]): Promise<Said> =>
    execa(node, [npmProgram(), ...args], { cwd: folder, env, extendEnv: false });
  return { folder, env, npm };
}

/** The package `node` has no npm: the one that is on the PATH runs on any Node. */
function npmProgram(): string {
  const found = process.env["npm_execpath"];
  if (found !== undefined && found.endsWith("npm-cli.js")) return found;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const folder of folders) {
    try {
      return realpathSync(join(folder, "npm"));
    } catch {
      continue;
    }
  }
  throw new Error("npm is not on the PATH");
}
