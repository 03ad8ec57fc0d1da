import { mkdir, open, readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { isRecord } from "../../core/compare.ts";
import { homeIn } from "../../core/home.ts";
import { at, text } from "../../core/values.ts";
import type { HelmOptions } from "./run.ts";

/** A program that stays the same as long as its size and the time of its last change do. */
interface Program {
  readonly file: string;
  /** Of the file as it was seen. */
  readonly state: string;
}

type Where = Pick<HelmOptions, "program" | "env" | "cwd">;

/**
 * What helm said of its version, asked once a machine; undefined where it has to be asked. A script, or the program of a version manager,
 * may run another helm tomorrow, and is asked each time.
 */
export async function knownVersion(where: Where): Promise<string | undefined> {
  const [program, known] = await Promise.all([programOf(where), read(where)]);
  const kept = program === undefined ? undefined : known[program.file];
  return at(kept, "state") === program?.state ? text(at(kept, "version")) : undefined;
}

/** Keeps what it said. Where that cannot be done the next run asks again. */
export async function keepVersion(where: Where, version: string): Promise<void> {
  const [program, known, file] = [await programOf(where), await read(where), cacheFile(where)];
  if (program === undefined || file === undefined) return;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const unfinished = `${file}.${process.pid}`;
    await writeFile(unfinished, JSON.stringify({ ...known, [program.file]: { state: program.state, version } }), { mode: 0o600 });
    await rename(unfinished, file);
  } catch {
    // A home that cannot be written is no reason to stop.
  }
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function cacheFile({ env }: Where): string | undefined {
  const home = homeIn(env);
  const folder = env["XDG_CACHE_HOME"] || (home === undefined ? undefined : path.join(home, ".cache"));
  return folder === undefined || !path.isAbsolute(folder) ? undefined : path.join(folder, "vault-k8s", "helm-versions.json");
}

async function read(where: Where): Promise<Record<string, unknown>> {
  try {
    const known: unknown = JSON.parse(await readFile(cacheFile(where) ?? "", "utf8"));
    return isRecord(known) ? known : {};
  } catch {
    return {};
  }
}

async function programOf({ program, env, cwd }: Where): Promise<Program | undefined> {
  const folders = program.includes(path.sep) ? [cwd] : (env["PATH"] ?? "").split(path.delimiter).filter(path.isAbsolute);
  for (const folder of folders) {
    const found = await seen(path.resolve(folder, program)).catch(() => undefined);
    if (found !== undefined) return found.isItself ? found : undefined;
  }
  return undefined;
}

async function seen(link: string): Promise<Program & { readonly isItself: boolean }> {
  const file = await realpath(link);
  const { size, mtimeMs, ino } = await stat(file);
  return { file, state: `${size} ${mtimeMs} ${ino}`, isItself: path.basename(file).startsWith("helm") && !(await isScript(file)) };
}

async function isScript(file: string): Promise<boolean> {
  const opened = await open(file);
  try {
    const { buffer } = await opened.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString() === "#!";
  } finally {
    await opened.close();
  }
}
