import { failure, kinds } from "../../errors.ts";
import type { Terminal } from "./terminal.ts";

/** Questions to a person, on standard error; without one there are none. */
export interface Prompts {
  /** Whether a person can be asked at all. */
  readonly possible: boolean;
  /** @param before What to say of the run so far where the answer is no. @throws CliError VK1002 when it is. */
  confirm(question: string, before?: string): Promise<void>;
  /** No is an answer too. */
  agrees(question: string): Promise<boolean>;
  text(question: string): Promise<string>;
  /** Without an echo. */
  hidden(question: string, before?: string): Promise<string>;
}

/** Prompts on the terminal; `noInput` is --no-input. The library is loaded when the first question is asked. */
export function prompts({ interactive }: Terminal, noInput: boolean, signal: AbortSignal): Prompts {
  const possible = interactive && !noInput;
  const ask = async <T>(question: (library: Library, context: Context) => Promise<T>, before?: string): Promise<T> => {
    if (!possible)
      throw failure(kinds.notConfirmed, {
        what: "A question had to be asked, and nobody is there to answer",
        fix: "Pass the answer as a flag.",
      });
    const library = await import("@inquirer/prompts");
    return await untilInputEnds(signal, (context) => question(library, context)).catch((error: unknown) => stopped(error, before));
  };
  const agrees = (question: string, before?: string): Promise<boolean> =>
    ask((library, context) => library.confirm({ message: question, default: false }, context), before);
  return {
    possible,
    confirm: async (question, before) => {
      if (!(await agrees(question, before))) throw declined(before);
    },
    agrees,
    text: (question) => ask((library, context) => library.input({ message: question }, context)),
    // The library would show what was typed when Ctrl-T is pressed.
    hidden: (question, before) => ask((library, context) => library.password({ message: question, toggleMask: false }, context), before),
  };
}

export type Library = typeof import("@inquirer/prompts");
export interface Context {
  readonly output: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

/**
 * Asks, and gives the question up when the input ends (Ctrl-D): that is no answer. The library closes its readline then, but its promise
 * stays open for ever. What can be seen is that readline pauses standard input when it closes, so "pause" aborts the question.
 */
export async function untilInputEnds<T>(signal: AbortSignal, ask: (context: Context) => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  process.stdin.on("pause", end);
  try {
    return await ask({ output: process.stderr, signal: AbortSignal.any([signal, ended.signal]) });
  } finally {
    process.stdin.off("pause", end);
  }
}

const nothing = "Nothing was changed.";

const declined = (before = nothing) =>
  failure(kinds.interrupted, { what: "Stopped: you said no", why: before, fix: "Run it again and say yes, or add --yes." });

/** Ctrl-C or Ctrl-D at a question. @throws CliError VK1002 */
export function stopped(error: unknown, before = nothing): never {
  if (error instanceof Error && ["ExitPromptError", "AbortPromptError"].includes(error.name))
    throw failure(kinds.interrupted, { what: "Interrupted at a question", why: before });
  throw error;
}
