import { PassThrough } from "node:stream";
import type { Host } from "../../src/cli/commands/command.ts";
import type { Given } from "../../src/cli/commands/typed-again.ts";
import { program } from "../../src/cli/program.ts";
import { report } from "../../src/cli/render/report.ts";

export interface Typed {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was thrown, before it was explained. */
  readonly error: unknown;
}

export interface Around {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly input?: string;
}

/** A command line as src/cli/main.ts takes it, in this process: without a terminal, with streams of its own. */
export async function typed(argv: readonly string[], { env, cwd, input = "" }: Around): Promise<Typed> {
  let [stdout, stderr] = ["", ""];
  const stdin = new PassThrough();
  stdin.end(input);
  const streams = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: { write: (text: string, done?: () => void) => ((stdout += text), done?.()) },
    stderr: { write: (text: string) => void (stderr += text) },
  };
  let soFar: (() => object) | undefined;
  const host: Host = { streams, env, cwd, signal: new AbortController().signal, onRun: (given) => void (soFar = given) };
  let exit = 0;
  let understood: Given | undefined;
  const tree = program(
    "0.0.0",
    (text) => void (stdout += text),
    async (command, given, args) => {
      understood = given;
      const { run } = await command.load();
      exit = await run({ command, args, host, ...given });
    },
  );
  const error: unknown = await tree.parseAsync(argv, { from: "user" }).then(
    () => undefined,
    (thrown: unknown) => thrown ?? new Error("undefined was thrown"),
  );
  if (error !== undefined && (error as { exitCode?: unknown }).exitCode !== 0)
    exit = report(error, { argv, streams, env, run: soFar?.(), given: understood });
  return { exit, stdout, stderr, error };
}
