import path from "node:path";
import type { Raw } from "./coerce.ts";
import type { ConfigFile } from "./file.ts";
import type { Entries } from "./entries.ts";
import type { FieldName } from "./fields.ts";
import { interpolate, isTemplate, type Lookup } from "./interpolate.ts";
import { table } from "./keys.ts";
import type { Origin } from "./origin.ts";
import type { Sources } from "./sources.ts";

/** A value as it was said, where, and the folder that its relative paths start from. */
export interface Said {
  readonly raw: Raw;
  readonly origin: Origin;
  readonly base: string;
}

/** One place where settings may be said. */
export type Layer = (name: FieldName) => Said | undefined;

/** What the first of the layers says that says anything. */
export function first(layers: readonly Layer[], name: FieldName): Said | undefined {
  for (const layer of layers) {
    const said = layer(name);
    if (said !== undefined) return said;
  }
  return undefined;
}

/** The command line. */
export function flagLayer({ flags, cwd }: Sources): Layer {
  return (name) => {
    const raw = flags[name];
    if (raw === undefined) return undefined;
    return { raw: typeof raw === "boolean" ? String(raw) : raw, origin: { kind: "flag", flag: table[name].flag }, base: cwd };
  };
}

/** The environment; an empty variable says nothing, as for vault. */
export function envLayer({ env, cwd }: Sources): Layer {
  return (name) => {
    const variable = table[name].env?.find((each) => (env[each] ?? "") !== "");
    return variable === undefined ? undefined : { raw: env[variable] ?? "", origin: { kind: "env", variable }, base: cwd };
  };
}

/** The file: the cluster's own part first, then, for a cluster of the fleet, the fleet's defaults. `typed` is asked for the cluster's name before the file is. */
export function fileLayers(file: ConfigFile, typed: readonly Layer[], { cwd, inFleet = false }: Sources): readonly Layer[] {
  const shown = shownFrom(cwd, file);
  const layer =
    (entries: Entries, cluster: boolean): Layer =>
    (name) => {
      const entry = entries.get(name);
      return entry && { raw: entry.raw, origin: { kind: "file", place: { ...entry.place, file: shown }, cluster }, base: file.folder };
    };
  const top = layer(file.top, false);
  const cluster = first([...typed, top], "cluster");
  const own = cluster === undefined ? undefined : file.clusters.get(String(cluster.raw));
  const fleet = inFleet && file.fleet !== undefined ? [layer(file.fleet.defaults, false)] : [];
  return [...(own === undefined ? [] : [layer(own, true)]), ...fleet, top];
}

function shownFrom(cwd: string, file: ConfigFile): string {
  const relative = path.relative(cwd, path.resolve(cwd, file.shown));
  return relative.startsWith("..") ? file.shown : relative;
}

/** The default, with the names in it filled in; undefined where one of them has no value. */
export function byDefault(name: FieldName, lookup: Lookup, base: string): Said | undefined {
  const preset = table[name].default;
  if (preset === undefined) return undefined;
  const fill = (text: string): string | undefined => (isTemplate(text) ? interpolate(text, lookup) : text);
  const texts = (Array.isArray(preset) ? (preset as readonly string[]) : [String(preset)]).map(fill);
  const known = texts.filter((text) => text !== undefined);
  if (known.length < texts.length) return undefined;
  return { raw: Array.isArray(preset) ? known : (known[0] ?? ""), origin: { kind: "default" }, base };
}
