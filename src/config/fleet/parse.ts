import type { z } from "zod";
import type { FleetSaid } from "../fleet.ts";
import { wrong, type YamlNode } from "../yaml-node.ts";
import { fleetShape, type FleetShape } from "./shape.ts";

/** Of which parser the defaults are: they are settings as everywhere else. */
const defaultsKey = "defaults";

/**
 * The part `fleet` without its defaults.
 * @throws CliError VK1003 with the place of what is wrong
 */
export function readFleet(node: YamlNode): {
  readonly shape: FleetShape;
  readonly says: readonly FleetSaid[];
  readonly defaults: YamlNode | undefined;
} {
  if (node.kind !== "a map" && node.kind !== "empty")
    throw wrong(node.place, "fleet must hold keys with values", `It is ${node.kind}.`, "Write KEY: VALUE.");
  const entries = node.entries();
  const own = entries.filter(({ name }) => name !== defaultsKey);
  const value = Object.fromEntries(own.map((entry) => [entry.name, plain(entry.value)]));
  const found = fleetShape.safeParse(withoutNothing(value));
  if (!found.success) throw misfit(found.error, node);
  return {
    shape: found.data,
    says: said("fleet", withoutNothing(value)),
    defaults: entries.find(({ name }) => name === defaultsKey)?.value,
  };
}

/** Deeper than a fleet has anything: an alias may lead in a circle. */
const deepest = 12;

function plain(node: YamlNode, depth = 0): unknown {
  if (depth > deepest) throw wrong(node.place, "This is nested too deeply", undefined, "Correct it there.");
  if (node.kind === "a map") return Object.fromEntries(node.entries().map(({ name, value }) => [name, plain(value, depth + 1)]));
  if (node.kind === "a list") return node.items().map((item) => plain(item, depth + 1));
  if (node.kind === "true or false") return node.text === "true";
  return node.kind === "empty" ? undefined : node.text;
}

const wantsMap = new Set(["argocd", "clusterApi"]);

/** `- argocd:` alone means all that it has by default. */
function withoutNothing(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const known = Object.entries(value).filter(([, one]) => one !== undefined);
  const sources = value["sources"];
  const filled = Array.isArray(sources) ? { sources: sources.map(filledIn) } : {};
  return { ...Object.fromEntries(known), ...filled };
}

function filledIn(source: unknown): unknown {
  if (typeof source !== "object" || source === null || Array.isArray(source)) return source;
  return Object.fromEntries(Object.entries(source).map(([key, value]) => [key, value === undefined && wantsMap.has(key) ? {} : value]));
}

function misfit(error: z.ZodError, node: YamlNode): Error {
  const [issue] = error.issues;
  const { path, message } = deepestOf(issue);
  const at = placeOf(node, path);
  return wrong(
    at.place,
    `${["fleet", ...path.map(String)].join(".")} does not have its shape`,
    `${message}.`.replace("..", "."),
    "Correct it there; docs/fleet.md shows all that a fleet may say.",
  );
}

type Issue = z.core.$ZodIssue;

/** Of a choice between sources the one that is meant: the one that misses least. */
function deepestOf(issue: Issue | undefined): { readonly path: readonly PropertyKey[]; readonly message: string } {
  if (issue === undefined) return { path: [], message: "It cannot be used" };
  if (issue.code !== "invalid_union") return issue;
  const near = issue.errors.filter((issues) => !issues.some((one) => one.code === "unrecognized_keys" && one.path.length === 0));
  const first = (near[0] ?? [])[0];
  if (first === undefined)
    return { path: issue.path, message: "It must be one of contexts, argocd, clusterApi, clusterProfiles, secrets and named, alone" };
  const inner = deepestOf(first);
  return { path: [...issue.path, ...inner.path], message: inner.message };
}

function placeOf(node: YamlNode, path: readonly PropertyKey[]): YamlNode {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  const below = typeof key === "number" ? node.items()[key] : node.entries().find(({ name }) => name === key)?.value;
  return below === undefined ? node : placeOf(below, rest);
}

/** Every text of a tree by its dotted key. */
function said(key: string, value: unknown): FleetSaid[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) return [{ key, text: String(value) }];
  const below = Object.entries(value).flatMap(([name, one]) => said(Array.isArray(value) ? `${key}[${name}]` : `${key}.${name}`, one));
  return below.length === 0 ? [{ key, text: "" }] : below;
}
