import { isRecord, type Plain } from "../../core/compare.ts";
import { at, list, text } from "../../core/values.ts";
import type { KubeObject } from "../../systems/world.ts";
import { apiPath } from "../diagnosis/kv-path.ts";
import { impossible, secretKey, unknown, written, type Held, type HeldAt, type Written } from "../written.ts";
import { digitsOf } from "./go-json.ts";
import { finite, inside, propertyText, textOf } from "./property.ts";

type Values = Map<string, readonly string[]>;

/**
 * What External Secrets writes by an ExternalSecret, from what Vault holds at one path. Documented at
 * https://external-secrets.io/latest/provider/hashicorp-vault and https://external-secrets.io/latest/guides/getallsecrets.
 */
export const writtenByEso = (external: KubeObject, from: HeldAt): Written => written(() => valuesOf(external, from));

function valuesOf({ spec, metadata: { name } }: KubeObject, from: HeldAt): Written {
  refuseTarget(at(spec, "target"), name);
  const values: Values = new Map();
  const reads = new Set<string>();
  const here = rows(spec, "data").filter((row) => isHere(at(row, "remoteRef"), from));
  const whole = rows(spec, "dataFrom").map((row) => extracted(row, from, values));
  // What another secret brings stands in the way of what this one brings by the same key.
  for (const row of rows(spec, "data")) values.delete(text(at(row, "secretKey")) ?? "");
  for (const row of here) whole.push(addRow(row, from.held, values, reads));
  return { kind: "values", values, reads: whole.includes(true) ? undefined : reads };
}

const rows = (spec: unknown, key: "data" | "dataFrom"): readonly unknown[] => list(at(spec, key));
const isHere = (ref: unknown, { mount, path }: HeldAt): boolean => apiPath(mount, text(at(ref, "key")) ?? "") === `${mount}/data/${path}`;

function refuseTarget(target: unknown, name: string): void {
  if (at(target, "creationPolicy") === "None") throw impossible("it makes no Secret: its creationPolicy is None");
  const made = text(at(target, "name")) ?? name;
  if (made !== name) throw impossible(`it makes a Secret of another name, ${made}`);
  const [template, data] = [at(target, "template"), at(target, "template", "data")];
  if ((isRecord(data) && Object.keys(data).length > 0) || list(at(template, "templateFrom")).length > 0)
    throw unknown("it is made by a template");
}

/** Adds what a row of dataFrom brings; whether that is the whole secret. */
function extracted(row: unknown, from: HeldAt, values: Values): boolean {
  const ref = at(row, "extract");
  if (at(row, "find") !== undefined) throw unknown("it brings together what `find` finds");
  if (at(row, "sourceRef") !== undefined || ref === undefined) throw unknown("it has another source beside this one");
  if (!isHere(ref, from)) throw unknown(`it also brings ${text(at(ref, "key")) ?? "another secret"}`);
  if (list(at(row, "rewrite")).length > 0) throw unknown("its keys are rewritten");
  refuseOptions(ref);
  const property = text(at(ref, "property"));
  const held = property === undefined ? from.held : within(from.held, property);
  for (const [key, value] of converted(held, text(at(ref, "conversionStrategy")) ?? "Default"))
    // Numbers of a whole secret go through float64; digits as Vault holds them would be no other value.
    values.set(key, [...textOf(value, "float"), ...textOf(value, "exact")]);
  return property === undefined;
}

function within(held: Held, property: string): Held {
  const found = Object.hasOwn(held, property) ? held[property] : inside(held, property);
  if (isRecord(found) && digitsOf(found) === undefined) return found;
  throw impossible(`its property ${JSON.stringify(property)} is no object with keys`);
}

/** Adds what a row of data brings; whether that is the whole secret. */
function addRow(row: unknown, held: Held, values: Values, reads: Set<string>): boolean {
  const ref = at(row, "remoteRef");
  if (at(row, "sourceRef") !== undefined) throw unknown("it has another source beside this one");
  refuseOptions(ref);
  const property = text(at(ref, "property"));
  values.set(text(at(row, "secretKey")) ?? "", property === undefined ? textOf(held, "exact") : propertyText(held, property));
  if (property !== undefined) reads.add(property);
  return property === undefined;
}

function refuseOptions(ref: unknown): void {
  if ((text(at(ref, "decodingStrategy")) ?? "None") !== "None") throw unknown("its values are decoded, and may be binary");
  if (at(ref, "metadataPolicy") === "Fetch") throw unknown("it brings the metadata of the secret");
  if (text(at(ref, "version")) !== undefined) throw unknown("it brings a version that it names");
}

/** The keys as External Secrets writes them. Throws NotWritten where two become one, or Kubernetes takes one not. */
function converted(held: Held, strategy: string): Map<string, Plain | undefined> {
  const names = new Map<string, Plain | undefined>();
  for (const [key, value] of Object.entries(held)) {
    refuseBeyondFloat(value);
    const name = [...key].map((character) => convert(character, strategy)).join("");
    if (names.has(name)) throw impossible(`two of its keys become ${name}, which External Secrets refuses`);
    // One without a name is left out.
    if (name !== "") names.set(secretKey(name), value);
  }
  return names;
}

function convert(character: string, strategy: string): string {
  if (/[\p{L}\p{N}._-]/u.test(character)) return character;
  if (strategy === "Default") return "_";
  return strategy === "Unicode" ? `_U${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}_` : character;
}

/** One number that float64 does not hold, however deep, and nothing of the secret is brought. */
function refuseBeyondFloat(value: Plain | undefined): void {
  const digits = digitsOf(value);
  if (digits !== undefined) finite(Number(digits), digits);
  else if (Array.isArray(value)) for (const item of value as readonly Plain[]) refuseBeyondFloat(item);
  else if (isRecord(value)) for (const inner of Object.values(value)) refuseBeyondFloat(inner);
}
