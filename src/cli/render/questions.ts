import { failure, kinds } from "../../errors.ts";
import { stopped, untilInputEnds, type Context, type Library } from "./prompts.ts";
import { oneLine } from "../../systems/printable.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./wrap.ts";

/** The person wants the question before. */
export const back = Symbol("back");
export type Back = typeof back;

export interface Choice<T extends string> {
  readonly value: T;
  readonly name: string;
  /** How it stands beside the question afterwards (default: its name up to the first of ": ", ", " and " ("). */
  readonly short?: string;
}

interface AboutQuestion {
  readonly message: string;
  /** Why it is asked, in a line. */
  readonly explain: string;
}

/** Questions in a row, on standard error. Esc goes back; Ctrl-C ends the run. */
export interface Questions {
  select<T extends string>(
    question: AboutQuestion & { readonly choices: readonly Choice<T>[]; readonly proposed?: string | undefined },
  ): Promise<T | Back>;
  /** `check` says what is wrong with an answer. */
  text(
    question: AboutQuestion & { readonly proposed?: string | undefined; readonly check: (answer: string) => string | undefined },
  ): Promise<string | Back>;
}

/** Asks at the terminal. The library is loaded when the first question is asked. @throws CliError VK1007 where nobody can be asked. */
export function questionsAt(terminal: Terminal, stdin: NodeJS.ReadStream, signal: AbortSignal): Questions {
  if (!terminal.interactive) throw nobody();
  const theme = terminal.chalk.level === 0 ? { theme: plain } : {};
  const ask = async <T>({ explain }: AboutQuestion, question: (library: Library, context: Context) => Promise<T>): Promise<T | Back> => {
    const library = await import("@inquirer/prompts");
    terminal.err(`\n${terminal.chalk.dim(wrap(oneLine(explain), "  ", terminal.columns))}\n`);
    return await orBack(stdin, signal, (context) => question(library, context));
  };
  return {
    select: (question) =>
      ask(question, (library, context) =>
        library.select(
          {
            message: question.message,
            choices: question.choices.map((choice) => ({ short: choice.name.split(/: |, | \(/)[0] ?? "", ...choice })),
            default: question.proposed as never,
            pageSize: 10,
            loop: false,
            ...theme,
          },
          context,
        ),
      ),
    text: (question) =>
      ask(question, async (library, context) => {
        const given = await library.input(
          {
            message: question.message,
            ...(question.proposed !== undefined && { default: question.proposed, prefill: "editable" as const }),
            validate: (answer) => question.check(answer.trim()) ?? true,
            ...theme,
          },
          context,
        );
        return given.trim();
      }),
  };
}

async function orBack<T>(stdin: NodeJS.ReadStream, signal: AbortSignal, ask: (context: Context) => Promise<T>): Promise<T | Back> {
  const escape = new AbortController();
  const onKey = (_text: unknown, key?: { readonly name?: string }): void => {
    if (key?.name === "escape") escape.abort();
  };
  stdin.on("keypress", onKey);
  try {
    return await untilInputEnds(AbortSignal.any([signal, escape.signal]), ask);
  } catch (error) {
    if (escape.signal.aborted && !signal.aborted) return back;
    return stopped(error);
  } finally {
    stdin.off("keypress", onKey);
  }
}

const same = (text: string): string => text;
/** Without colour: the library looks at the environment, and knows nothing of --color. */
const plain = {
  prefix: { idle: "?", done: "*" },
  icon: { cursor: ">" },
  style: {
    answer: same,
    message: same,
    error: (text: string) => `> ${text}`,
    defaultAnswer: (text: string) => `(${text})`,
    help: same,
    highlight: same,
    key: (text: string) => `<${text}>`,
    description: same,
    disabled: same,
    keysHelpTip: (keys: readonly (readonly [string, string])[]) => keys.map(([key, what]) => `${key} ${what}`).join(", "),
  },
};

const nobody = () =>
  failure(kinds.notConfirmed, {
    what: "init asks questions, and nobody is there to answer",
    why: "Standard input and standard error must both be a terminal, and neither CI nor --no-input may say otherwise.",
    fix: "Run it in a terminal; or write vault-k8s.yaml by hand (docs/settings.md); or say it with flags: vault-k8s bootstrap --cluster NAME --dry-run",
  });
