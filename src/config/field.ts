import type { Rule } from "./rules.ts";
import type { StepId } from "./step-id.ts";

/**
 * How a setting's value is written and checked. `list` flags may be repeated; a `pathOrName` that begins with `./`, `../`, `~/`
 * or `/` is a path, anything else is left as it is.
 */
export type FieldType =
  | "string"
  | "pathOrName"
  | "boolean"
  | "integer"
  | "duration"
  | "list"
  | "path"
  | "pathList"
  | { readonly oneOf: readonly string[] };

/** One setting, said once: its flag, variable, place in vault-k8s.yaml, default and help come from here. */
export interface Field {
  readonly flag: string;
  /** One letter, e.g. "n" for -n. */
  readonly short?: string;
  /** Name of the value in the help, e.g. NAME. */
  readonly value?: string;
  /** Environment variables, the first that is set wins. */
  readonly env?: readonly string[];
  /** Dotted place in vault-k8s.yaml; left out for settings of a single run. */
  readonly key?: string;
  readonly type: FieldType;
  /** The default; `${cluster}` stands for the cluster's name, `${other}` for another setting. */
  readonly default?: string | number | boolean | readonly string[];
  /** The steps that it is for: the commands that run them take it. Left out where all commands do, or no step needs it. */
  readonly steps?: readonly StepId[];
  readonly help: string;
  /** What `--no-<flag>` does, where the default is on and the help therefore shows that form. */
  readonly off?: string;
  readonly secret?: boolean;
  /** Says what a text must be like where it is not; asked for each item of a list. */
  readonly rule?: Rule;
  /** Brings a text into the form that the steps rely on, before `rule` sees it. */
  readonly normal?: (text: string) => string;
  /** Whether an empty text is a value; elsewhere it is a mistake. */
  readonly mayBeEmpty?: boolean;
  /** Bounds of an integer. */
  readonly min?: number;
  readonly max?: number;
}

type ValueOf<T extends FieldType> = T extends "boolean"
  ? boolean
  : T extends "integer"
    ? number
    : T extends "list" | "pathList"
      ? readonly string[]
      : T extends { readonly oneOf: readonly (infer V)[] }
        ? V
        : string;

type Always<F> = F extends { readonly default: string | number | boolean | readonly string[] }
  ? true
  : F extends { readonly type: "list" | "pathList" | "boolean" }
    ? true
    : false;

/** The typed settings that a table of fields gives: those with a default are always there. */
export type SettingsOf<T extends Readonly<Record<string, Field>>> = {
  readonly [K in keyof T]: Always<T[K]> extends true ? ValueOf<T[K]["type"]> : ValueOf<T[K]["type"]> | undefined;
};
