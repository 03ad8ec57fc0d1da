import type { FieldName } from "../../../config/fields.ts";
import { coerce } from "../../../config/coerce.ts";
import { table } from "../../../config/keys.ts";
import { CliError } from "../../../core/errors.ts";
import { back, type Back, type Questions } from "../../render/questions.ts";
import type { Answers } from "./answers.ts";
import type { Found } from "./look.ts";
import type { WiredInVault } from "./wired-in-vault.ts";
import { tokenShapes } from "../../../systems/token-shapes.ts";

/** What is known while the questions are asked. */
export interface Walk {
  readonly answers: Answers;
  readonly contexts: readonly { readonly name: string; readonly cluster: string }[];
  readonly current: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined before the cluster is known. */
  readonly found: Found | undefined;
  /** What of it is wired in the Vault that was chosen; undefined before that is known, and where it cannot be asked. */
  readonly wired?: WiredInVault | undefined;
}

export interface Question {
  readonly id: string;
  /** Left out: it is always asked. */
  readonly when?: (walk: Walk) => boolean;
  /** What it settles; an undefined value takes an earlier answer away. */
  readonly ask: (walk: Walk, ask: Questions) => Promise<Answers | Back>;
}

/** What is wrong with the answer for a setting. */
export function wrongFor(name: FieldName, answer: string): string | undefined {
  try {
    coerce(answer, { field: table[name], origin: "answer", base: "/", shapes: tokenShapes });
    return undefined;
  } catch (error) {
    if (error instanceof CliError) return error.why ?? error.message;
    throw error;
  }
}

export const textOf = (value: Answers[FieldName]): string | undefined => (typeof value === "string" ? value : undefined);
export const defaultOf = (name: FieldName): string => String(table[name].default ?? "");

/** A text for one setting. `optional`: nothing is an answer too. */
export const textFor =
  (
    name: FieldName,
    about: { message: string; explain: string; optional?: boolean; proposed: (walk: Walk) => string | undefined },
  ): Question["ask"] =>
  async (walk, ask) => {
    const proposed = textOf(walk.answers[name]) ?? about.proposed(walk);
    const given = await ask.text({
      message: about.message,
      explain: about.explain,
      // An address with a password in it is not shown.
      proposed: proposed === undefined || proposed === "" || wrongFor(name, proposed) === undefined ? proposed : undefined,
      check: (answer) => (answer === "" ? (about.optional === true ? undefined : "It must not be empty.") : wrongFor(name, answer)),
    });
    return given === back ? back : { [name]: given === "" ? undefined : given };
  };
