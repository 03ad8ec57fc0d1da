import { execa } from "execa";

export interface How {
  /** Nothing else runs: its lines need no name before them. */
  readonly alone: boolean;
  /** Ends the tests; what was brought up is taken down all the same. */
  readonly signal: AbortSignal;
}

/** Runs a command with its output shown; returns its exit code. */
export type Run = (program: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<number>;

/** @param name goes before each line, where other things run beside it */
export function runner(name: string, { alone, signal }: How): Run {
  const named = function* (line: unknown): Generator<string> {
    yield `${name.padEnd(9)} │ ${String(line)}`;
  };
  const shown: "inherit" | ["inherit", typeof named] = alone ? "inherit" : ["inherit", named];
  return async (program, args, env = {}) => {
    if (signal.aborted) return 1;
    const { exitCode } = await execa(program, args, {
      stdin: "ignore",
      stdout: shown,
      stderr: shown,
      buffer: false,
      reject: false,
      env,
      preferLocal: true,
      cancelSignal: signal,
    });
    return exitCode ?? 1;
  };
}
