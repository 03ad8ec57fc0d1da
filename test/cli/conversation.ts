import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";

/** What is waited for on the screen, and what is typed then. */
export type Turn = readonly [seen: string | RegExp, keys: string];

export interface Talk {
  readonly exitCode: number | null;
  /** All that the terminal got, with its control sequences. */
  readonly raw: string;
  /** The same without them. */
  readonly text: string;
  /** What is not as it was before: the modes of the terminal, its cursor, its screen, the beginning of a line. */
  readonly unrestored: readonly string[];
}

export interface TalkOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  /** Milliseconds for each turn. */
  readonly patience?: number;
}

export const key = { enter: "\r", up: "\u001b[A", down: "\u001b[B", escape: "\u001b", interrupt: "\u0003", clear: "\u0015" } as const;

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Runs a command in a pseudo-terminal and types: each turn waits for what it names, after what the turn before has seen.
 * @throws Error with what stands on the screen when it does not come.
 */
export async function converse(command: readonly string[], turns: readonly Turn[], options: TalkOptions): Promise<Talk> {
  const { env, cwd, columns = 80, rows = 24, patience = 60_000 } = options;
  // The trap keeps the shell alive when Ctrl-C reaches it too; the command does not inherit it.
  const line = `stty cols ${columns} rows ${rows}; modes=$(stty -g); trap : INT; ${command.map(quote).join(" ")} 3>&-; code=$?; [ "$(stty -g)" = "$modes" ] && echo kept >&3; exit $code`;
  const child = spawn("script", ["-qec", line, "/dev/null"], {
    cwd,
    env: { TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  let modes = "";
  (child.stdio[3] as Readable).setEncoding("utf8").on("data", (piece: string) => void (modes += piece));
  let raw = "";
  let told: () => void = () => undefined;
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    raw += piece;
    told();
  });
  child.stdin.on("error", () => undefined);
  const ended = new Promise<number | null>((resolve, reject) => void child.on("error", reject).on("close", resolve));
  void ended.then(
    () => told(),
    () => told(),
  );
  let mark = 0;
  for (const [seen, keys] of turns) {
    const deadline = Date.now() + patience;
    const finds = (): number => {
      const fresh = stripVTControlCharacters(raw.slice(mark));
      return typeof seen === "string" ? fresh.indexOf(seen) : fresh.search(seen);
    };
    while (finds() < 0) {
      if (child.exitCode !== null || Date.now() > deadline) {
        child.kill();
        throw new Error(`${String(seen)} did not come:\n${stripVTControlCharacters(raw.slice(mark))}`);
      }
      await Promise.race([new Promise<void>((resolve) => (told = resolve)), new Promise((resolve) => setTimeout(resolve, 200).unref())]);
    }
    mark = raw.length;
    child.stdin.write(keys);
  }
  const late = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), patience).unref());
  const exitCode = await Promise.race([ended, late]);
  if (exitCode === "late") {
    child.kill();
    throw new Error(`It did not end:\n${stripVTControlCharacters(raw)}`);
  }
  return { exitCode, raw, text: stripVTControlCharacters(raw), unrestored: unrestored(raw, modes === "kept\n") };
}

/** A mode that is switched on and off by control sequences counts as it was set last. */
function unrestored(raw: string, modesKept: boolean): string[] {
  const last = (on: string, off: string): boolean => raw.lastIndexOf(`\u001b[?${on}`) > raw.lastIndexOf(`\u001b[?${off}`);
  const text = stripVTControlCharacters(raw);
  return [
    ...(modesKept ? [] : ["modes"]),
    ...(last("25l", "25h") ? ["cursor"] : []),
    ...(last("1049h", "1049l") ? ["screen"] : []),
    ...(text === "" || text.endsWith("\n") ? [] : ["line"]),
  ];
}
