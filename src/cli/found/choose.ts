import type { FieldName, Settings } from "../../config/fields.ts";
import { table } from "../../config/keys.ts";
import type { Flags } from "../../config/sources.ts";
import { word } from "../../core/shell.ts";
import { failure, kinds } from "../../errors.ts";

/** What somebody said on the command line, in the environment or in the file: it wins over what is found. */
export interface Given {
  readonly settings: Settings;
  isSaid(name: FieldName): boolean;
}

/** Settings that follow from something that was found, as they would be typed. */
export interface Answer {
  readonly settings: Flags;
  /** From what, in words. */
  readonly because: string;
}

export interface Option extends Answer {
  /** For a person who chooses. */
  readonly name: string;
  /** What a person has to know before it is taken, even where there is no other; left out where it changes nothing for anybody. */
  readonly loses?: string | undefined;
}

export interface Question {
  readonly about: string;
  /** Why there is more than one answer, or why the one has to be agreed to. */
  readonly explain: string;
  /** The settings that answer it. */
  readonly fields: readonly FieldName[];
  readonly options: readonly Option[];
}

/** Chooses one of several. @throws CliError VK1007 where nobody can be asked */
export type Choose = (question: Question) => Promise<Option>;

/** The only answer; one of several is chosen by somebody, and so is one that takes something from others. Undefined where there is none. */
export async function oneOf(question: Question, choose: Choose): Promise<Option | undefined> {
  const [first, ...more] = question.options;
  if (first === undefined) return undefined;
  return more.length === 0 && first.loses === undefined ? first : await choose(question);
}

/** Where nobody can be asked: the flags that answer. @throws CliError VK1007 */
export const nobodyChooses: Choose = ({ about, explain, fields, options }) => {
  throw failure(kinds.notConfirmed, {
    what: `${about} ${options.length > 1 ? `${options.length} answers fit` : "Somebody has to say it"}, and nobody is there to choose`,
    why: explain,
    fix:
      options.length === 0
        ? `Say it with ${flagNames(fields)}.`
        : options.map((option) => `${flagsOf(option, fields)}: ${option.loses ?? option.because}`).join("\n"),
  });
};

const flagNames = (fields: readonly FieldName[]): string => fields.map((name) => `--${table[name].flag}`).join(", ");

/** The flags that say an option, as they are typed. */
function flagsOf({ settings }: Option, fields: readonly FieldName[]): string {
  const flags = fields.flatMap((name) => [settings[name] ?? []].flat().map((value) => `--${table[name].flag} ${word(String(value))}`));
  return flags.length === 0 ? flagNames(fields) : flags.join(" ");
}
