import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import type { Plain } from "../core/compare.ts";
import type { Secret } from "../core/redact/known.ts";
import { looksSecret, secretsIn } from "../core/secret-names.ts";
import { holdsSecret, secretsWithin } from "./redaction.ts";
import { inSecrets } from "./secret-values.ts";
import type { ReleaseInputs } from "./world.ts";

/** A --set taken apart at its first "=". */
export function parted(set: string): { readonly key: string; readonly value: string } {
  const at = set.indexOf("=");
  return at === -1 ? { key: set, value: "" } : { key: set.slice(0, at), value: set.slice(at + 1) };
}

/** Whether a --set holds a secret: its key says so, or its value looks like it. */
export const isSecretSet = (set: string): boolean => looksSecret(parted(set).key) || holdsSecret(set);

/** Of what a Secret holds, shorter values are words that stand everywhere. */
const shortest = 8;

/**
 * The secrets in values of a chart: those that go by the name of one, those in a text, such as a configuration or an address, and what a
 * Secret among them holds.
 */
export const secretsInValues = (values: Plain): Secret[] => [
  ...secretsIn(values),
  ...secretsWithin(values),
  ...inSecrets(values).filter((value) => value.length >= shortest),
];

/** What helm is given besides the chart. */
type Given = Pick<ReleaseInputs, "values" | "valuesFiles" | "sets">;

/**
 * The secrets in all that helm is given: our values, the files, and each --set. They may turn up anywhere in what it makes of them.
 * @param cwd the folder that relative files are looked for in
 */
export async function secretsGiven({ values, valuesFiles, sets }: Given, cwd = "."): Promise<Secret[]> {
  const files = await Promise.all(valuesFiles.map((file) => readFile(path.resolve(cwd, file), "utf8")));
  return [
    ...[values as Plain, ...files.map(valuesOf)].flatMap(secretsInValues),
    ...sets.flatMap((set) => (looksSecret(parted(set).key) ? [parted(set).value] : secretsWithin(set))),
  ];
}

/** What is no YAML is looked at as text. */
function valuesOf(text: string): Plain {
  try {
    return (parse(text) ?? null) as Plain;
  } catch {
    return text;
  }
}
