/** Where a setting's value comes from. */
export type Origin =
  | { readonly kind: "flag"; readonly flag: string }
  | { readonly kind: "env"; readonly variable: string }
  | { readonly kind: "file"; readonly place: Place; readonly cluster: boolean }
  | { readonly kind: "default" }
  | { readonly kind: "unset" };

/** A place in a file, counted from 1. */
export interface Place {
  /** As a person would type it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

/** An origin in words: "flag --cluster", "env VAULT_ADDR", "vault-k8s.yaml:12:3", "default". */
export function originText(origin: Origin): string {
  if (origin.kind === "flag") return `flag --${origin.flag}`;
  if (origin.kind === "env") return `env ${origin.variable}`;
  return origin.kind === "file" ? placeText(origin.place) : origin.kind;
}

/** Whether somebody said it on purpose for this tool: on the command line or in the file. */
export const isExplicit = (origin: Origin): boolean => origin.kind === "flag" || origin.kind === "file";
