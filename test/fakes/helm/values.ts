import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { asObject, isObject, type Json, type JsonObject } from "../wire/json.ts";
import type { HelmCall } from "./flags.ts";

/** The values that a call gives, later ones over earlier ones, --set over all. */
export function valuesOf(call: HelmCall, input: string): JsonObject {
  const files = (call.flags.get("--values") ?? []).map((file) =>
    asObject(parse(file === "-" ? input : readFileSync(file, "utf8")) as Json),
  );
  const sets = (call.flags.get("--set") ?? []).map(parseSet);
  return [...files, ...sets].reduce<JsonObject>((below, above) => asObject(merge(below, above)), {});
}

function merge(below: Json | undefined, above: Json): Json {
  if (!isObject(below) || !isObject(above)) return above;
  return Object.fromEntries([
    ...Object.entries(below),
    ...Object.entries(above).map(([key, value]) => [key, merge(below[key], value as Json)] as const),
  ]);
}

function parseSet(text: string): JsonObject {
  const [, path = "", value = ""] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  const scalar: Json = /^\d+$/.test(value) ? Number(value) : value === "true" || value === "false" ? value === "true" : value;
  return path.split(".").reduceRight<Json>((inner, key) => ({ [key]: inner }), scalar) as JsonObject;
}
