import { execa } from "execa";

export interface How {
  /** Goes before each line, where other things run beside it. */
  readonly name?: string;
  /** Ends the tests; what was brought up is taken down all the same. */
  readonly signal: AbortSignal;
}

/** Runs a command with its output shown; returns its exit code. */
export type Run = (program: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<number>;

/** Runs programs until the signal comes. */
export function runner({ name, signal }: How): Run {
  const named = function* (line: unknown): Generator<string> {
    yield `${name?.padEnd(15)} │ ${String(line)}`;
  };
  const shown: "inherit" | ["inherit", typeof named] = name === undefined ? "inherit" : ["inherit", named];
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
