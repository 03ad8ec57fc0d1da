/** How a setting's value is written and checked. `list` flags may be repeated. */
export type FieldType = "string" | "boolean" | "integer" | "duration" | "list" | "path" | "pathList" | { readonly oneOf: readonly string[] };

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
  readonly help: string;
  readonly secret?: boolean;
}

type ValueOf<T extends FieldType> = T extends "boolean" ? boolean
  : T extends "integer" ? number
    : T extends "list" | "pathList" ? readonly string[]
      : T extends { readonly oneOf: readonly (infer V)[] } ? V
        : string;

type Always<F> = F extends { readonly default: string | number | boolean | readonly string[] } ? true : F extends { readonly type: "list" | "pathList" | "boolean" } ? true : false;

/** The typed settings that a table of fields gives: those with a default are always there. */
export type SettingsOf<T extends Readonly<Record<string, Field>>> = {
  readonly [K in keyof T]: Always<T[K]> extends true ? ValueOf<T[K]["type"]> : ValueOf<T[K]["type"]> | undefined;
};
