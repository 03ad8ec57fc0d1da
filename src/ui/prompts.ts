import { failure, kinds } from "../errors.ts";
import type { Terminal } from "./terminal.ts";

/** Questions to a person, on standard error; without one there are none. */
export interface Prompts {
  /** Whether a person can be asked at all. */
  readonly possible: boolean;
  /** @throws CliError VK1002 when the answer is no. */
  confirm(question: string): Promise<void>;
  text(question: string): Promise<string>;
  hidden(question: string): Promise<string>;
}

/** Prompts on the terminal; `noInput` is --no-input. The library is loaded when the first question is asked. */
export function prompts({ interactive }: Terminal, noInput: boolean, signal: AbortSignal): Prompts {
  const possible = interactive && !noInput;
  const context = { output: process.stderr, signal };
  const ask = async <T>(question: (library: typeof import("@inquirer/prompts")) => Promise<T>): Promise<T> => {
    if (!possible)
      throw failure(kinds.notConfirmed, { what: "A question had to be asked, and nobody is there to answer", fix: "Say it with a flag." });
    return await question(await import("@inquirer/prompts")).catch(stopped);
  };
  return {
    possible,
    confirm: async (question) => {
      if (!(await ask((library) => library.confirm({ message: question, default: false }, context)))) throw declined();
    },
    text: (question) => ask((library) => library.input({ message: question }, context)),
    // The library would show what was typed when Ctrl-T is pressed.
    hidden: (question) => ask((library) => library.password({ message: question, toggleMask: false }, context)),
  };
}

const declined = () =>
  failure(kinds.interrupted, { what: "Stopped: you said no", why: "Nothing was changed.", fix: "Run it again and say yes, or add --yes." });

/** Ctrl-C at a question. @throws CliError VK1002 */
export function stopped(error: unknown): never {
  if (error instanceof Error && ["ExitPromptError", "AbortPromptError"].includes(error.name))
    throw failure(kinds.interrupted, { what: "Interrupted at a question", why: "Nothing was changed." });
  throw error;
}
