import { isRecord, type Plain } from "../../core/compare.ts";
import { at, list, text } from "../../core/values.ts";
import type { KubeObject } from "../../systems/world.ts";
import { NotWritten, secretKey, unknown, written, type Held, type HeldAt, type Written } from "../written.ts";

/**
 * What kubernetes-external-secrets writes by an ExternalSecret: a Node program, in which numbers lose their text, and which takes keys as
 * they are. Documented at https://github.com/external-secrets/kubernetes-external-secrets/blob/master/lib/backends/kv-backend.js.
 */
export const writtenByKes = (external: KubeObject, from: HeldAt): Written => written(() => valuesOf(external, from));

type Row = readonly [name: string, text: string];

function valuesOf({ spec }: KubeObject, { mount, path, held }: HeldAt): Written {
  if (Object.keys((at(spec, "template") ?? {}) as object).some((key) => key.includes("ata"))) throw unknown("it is made by a template");
  if (list(at(spec, "dataFromWithOptions")).length > 0) throw unknown("it brings a version that it names");
  const here = `${mount}/data/${path}`;
  const elsewhere = list(at(spec, "dataFrom")).find((key) => key !== here);
  if (elsewhere !== undefined) throw unknown(`it also brings ${text(elsewhere) ?? "another secret"}`);
  const plain = inNode(held);
  const rows = list(at(spec, "data")).filter((row) => at(row, "key") === here);
  const all = list(at(spec, "dataFrom")).length > 0 ? Object.entries(plain).map(([key, value]): Row => [key, textOf(value)]) : undefined;
  const entries = [...(all ?? []), ...rows.map((row) => rowOf(row, plain))];
  return {
    kind: "values",
    values: new Map(entries.map(([key, value]) => [secretKey(key), [value]])),
    reads: all === undefined ? new Set(rows.flatMap((row) => text(at(row, "property")) ?? [])) : undefined,
  };
}

/** As JSON.parse reads it there: numbers are numbers. */
const inNode = (held: Held): Held => JSON.parse(JSON.stringify(held)) as Held;

const textOf = (value: Plain | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

function rowOf(row: unknown, held: Held): Row {
  if (at(row, "isBinary") === true) throw unknown("its values are decoded, and may be binary");
  if (at(row, "version") !== undefined || at(row, "path") !== undefined)
    throw unknown("it brings what else than the current version of one secret");
  const [name, property] = [text(at(row, "name")) ?? "", text(at(row, "property"))];
  return [name, property === undefined ? JSON.stringify(held) : textOf(found(held, property))];
}

function found(held: Held, property: string): Plain {
  if (Object.hasOwn(held, property)) return held[property] ?? null;
  if (/[[\]"']/.test(property)) throw unknown(`its property ${JSON.stringify(property)} is an expression`);
  const value = property.split(".").reduce<Plain | undefined>((inner, name) => memberOf(inner, name), held);
  if (value === undefined) throw new NotWritten({ kind: "lacking", key: property });
  return value;
}

function memberOf(value: Plain | undefined, name: string): Plain | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? (value as readonly Plain[])[Number(name)] : undefined;
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
