import path from "node:path";
import { failure, kinds } from "../errors.ts";
import { coerce, type Raw, type Value } from "./coerce.ts";
import { loadConfigFile, type ConfigFile, type Entries } from "./file.ts";
import type { FieldName, Settings } from "./fields.ts";
import { interpolate, isTemplate } from "./interpolate.ts";
import { fieldNames, table } from "./keys.ts";
import { originText, type Origin } from "./origin.ts";

/** What the command line said, by setting. */
export type Flags = Readonly<Partial<Record<FieldName, Raw | boolean>>>;

export interface Sources {
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Settings, and where each comes from. */
export interface Resolved {
  readonly settings: Settings;
  readonly origins: Readonly<Record<FieldName, Origin>>;
  /** Clusters that the file names. */
  readonly clusters: readonly string[];
}

interface Said {
  readonly raw: Raw;
  readonly origin: Origin;
  readonly base: string;
}

type Layer = (name: FieldName) => Said | undefined;

/**
 * Settings from the command line, the environment, the cluster's part of the file, the rest of the file, and the defaults, in this order.
 * @throws CliError VK1003 or VK1004.
 */
export async function resolveSettings(sources: Sources): Promise<Resolved> {
  const typed = [flagLayer(sources), envLayer(sources)];
  const named = first(typed, "config");
  const file = await loadConfigFile(named === undefined ? undefined : String(coerceSaid("config", named)), sources.cwd);
  return settle(fileLayers(file, typed, sources), [...(file?.clusters.keys() ?? [])], sources.cwd);
}

function fileLayers(file: ConfigFile | undefined, typed: readonly Layer[], { cwd }: Sources): readonly Layer[] {
  if (file === undefined) return typed;
  const layer = (entries: Entries, cluster: boolean): Layer => (name) => {
    const entry = entries.get(name);
    return entry && { raw: entry.raw, origin: { kind: "file", place: { ...entry.place, file: shownFrom(cwd, file) }, cluster }, base: file.folder };
  };
  const top = layer(file.top, false);
  const cluster = first([...typed, top], "cluster");
  const own = cluster === undefined ? undefined : file.clusters.get(String(cluster.raw));
  return own === undefined ? [...typed, top] : [...typed, layer(own, true), top];
}

const shownFrom = (cwd: string, file: ConfigFile): string => {
  const relative = path.relative(cwd, path.resolve(cwd, file.shown));
  return relative.startsWith("..") ? file.shown : relative;
};

function settle(layers: readonly Layer[], clusters: readonly string[], base: string): Resolved {
  const values: Partial<Record<FieldName, Value | undefined>> = {};
  const origins = {} as Record<FieldName, Origin>;
  const valueOf = (name: FieldName): Value | undefined => {
    if (name in origins) return values[name];
    const said = first(layers, name) ?? byDefault(name, (other) => textOf(valueOf(other as FieldName)), base);
    origins[name] = said?.origin ?? { kind: "unset" };
    return (values[name] = said === undefined ? nothing(name) : coerceSaid(name, said));
  };
  for (const name of fieldNames) valueOf(name);
  return { settings: values as unknown as Settings, origins, clusters };
}

const first = (layers: readonly Layer[], name: FieldName): Said | undefined => {
  for (const layer of layers) {
    const said = layer(name);
    if (said !== undefined) return said;
  }
  return undefined;
};

function flagLayer({ flags, cwd }: Sources): Layer {
  return (name) => {
    const raw = flags[name];
    return raw === undefined ? undefined : { raw: typeof raw === "boolean" ? String(raw) : raw, origin: { kind: "flag", flag: table[name].flag }, base: cwd };
  };
}

function envLayer({ env, cwd }: Sources): Layer {
  return (name) => {
    const variable = table[name].env?.find((each) => (env[each] ?? "") !== "");
    return variable === undefined ? undefined : { raw: env[variable] ?? "", origin: { kind: "env", variable }, base: cwd };
  };
}

function byDefault(name: FieldName, lookup: (name: string) => string | undefined, base: string): Said | undefined {
  const value = table[name].default;
  if (value === undefined) return undefined;
  const filled = Array.isArray(value) ? (value as readonly string[]).map((item) => fill(item, lookup)) : fill(String(value), lookup);
  if (filled === undefined || (Array.isArray(filled) && filled.includes(undefined))) return undefined;
  return { raw: filled as Raw, origin: { kind: "default" }, base };
}

const fill = (text: string, lookup: (name: string) => string | undefined): string | undefined => (isTemplate(text) ? interpolate(text, lookup) : text);
const textOf = (value: Value | undefined): string | undefined => (value === undefined ? undefined : String(value));

function nothing(name: FieldName): Value | undefined {
  const { type } = table[name];
  if (type === "boolean") return false;
  return type === "list" || type === "pathList" ? [] : undefined;
}

const coerceSaid = (name: FieldName, { raw, origin, base }: Said): Value => coerce(raw, { field: table[name], origin: originText(origin), base });

/** The cluster's name. @throws CliError VK1001 when nobody said it. */
export function requireCluster({ settings, clusters }: Resolved): string {
  if (settings.cluster !== undefined) return settings.cluster;
  const known = clusters.length === 0 ? undefined : `The file names ${clusters.join(", ")}.`;
  throw failure(kinds.usage, { what: "No cluster was named", why: known, fix: `Add --cluster ${clusters[0] ?? "NAME"}.` });
}
