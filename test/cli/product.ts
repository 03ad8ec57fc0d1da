import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect } from "vitest";

const root = join(import.meta.dirname, "../..");
export const bin = join(root, "bin/vault-k8s");

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  /** Typed once standard output holds the words. */
  readonly typeLater?: { readonly after: string; readonly keys: string } | undefined;
  /** Arguments of node itself. */
  readonly node?: readonly string[];
  /** What starts node: a command to which its own is added. */
  readonly program?: readonly string[];
  /** Called with what standard output or error holds so far, and a way to send a signal. */
  readonly onStdout?: ((text: string, kill: (signal: NodeJS.Signals) => void) => void) | undefined;
  readonly onStderr?: ((text: string, kill: (signal: NodeJS.Signals) => void) => void) | undefined;
}

/** A folder that is taken away when the file's tests are over; it is also the home of the runs. */
export const home = await mkdtemp(join(tmpdir(), "vault-k8s-cli-"));
afterAll(() => rm(home, { recursive: true, force: true }));

const bare = (env: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  LANG: "C.UTF-8",
  KUBECONFIG: join(home, "kubeconfig-that-is-not-there"),
  ...env,
});

/** Runs the built command as a child process without a terminal. */
export function vaultK8s(
  args: readonly string[],
  { env, input = "", cwd = home, node = [], program = [], onStdout, onStderr }: RunOptions = {},
): Promise<Ran> {
  if (!existsSync(join(root, "dist/main.cjs"))) throw new Error("npm run build comes first");
  const [first = "", ...rest] = [...program, process.execPath, ...node, bin, ...args];
  return ran(first, rest, { env: bare(env), cwd, input, onStdout, onStderr });
}

/** Runs it in a pseudo-terminal of the given width; its output comes as a terminal would get it. */
export function inTerminal(
  args: readonly string[],
  { columns = 80, env, input = "", cwd = home, typeLater }: RunOptions & { readonly columns?: number } = {},
): Promise<Ran> {
  const line = `stty cols ${columns} rows 40 -echo; exec ${[process.execPath, bin, ...args].map(quote).join(" ")}`;
  return ran("script", ["-qec", line, "/dev/null"], {
    env: bare({ TERM: "xterm-256color", SHELL: "/bin/sh", ...env }),
    cwd,
    input: typeLater === undefined ? input : undefined,
    typeLater,
  });
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

interface Child extends Omit<RunOptions, "input"> {
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Undefined: standard input stays open. */
  readonly input: string | undefined;
}

function ran(program: string, args: readonly string[], { env, cwd, input, typeLater, onStdout, onStderr }: Child): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    let typed = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onStdout?.(stdout, (signal) => void child.kill(signal));
      if (typed || typeLater === undefined || !stdout.includes(typeLater.after)) return;
      typed = true;
      child.stdin.write(typeLater.keys);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      onStderr?.(stderr, (signal) => void child.kill(signal));
    });
    child.stdin.on("error", () => undefined);
    if (input !== undefined) child.stdin.end(input);
    child.on("error", reject).on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** Compares with test/cli/goldens/<name>; UPDATE_GOLDENS=1 writes it instead. */
export function golden(name: string, text: string): void {
  const file = join(import.meta.dirname, "goldens", name);
  if (process.env["UPDATE_GOLDENS"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text, `${name}; UPDATE_GOLDENS=1 writes it anew`).toBe(readFileSync(file, "utf8"));
}

/** What a person sees of a run, in one text. */
export const transcript = (args: readonly string[], { exitCode, stdout, stderr }: Ran): string =>
  [
    `$ vault-k8s ${args.join(" ")}`,
    ...(stderr === "" ? [] : ["--- stderr", stderr.trimEnd()]),
    ...(stdout === "" ? [] : ["--- stdout", stdout.trimEnd()]),
    `--- exit ${exitCode}`,
    "",
  ].join("\n");
