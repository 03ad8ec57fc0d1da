import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import { coerce, type Value } from "./coerce.ts";
import { loadConfigFile } from "./file.ts";
import type { Entries } from "./entries.ts";
import type { FieldName, Settings } from "./fields.ts";
import type { FleetFile } from "./fleet.ts";
import { fieldNames, table } from "./keys.ts";
import { byDefault, envLayer, fileLayers, first, flagLayer, type Layer, type Said } from "./layers.ts";
import type { Sources } from "./sources.ts";
import { steeredBy, type Steered } from "./steering.ts";
import { originText, type Origin } from "./origin.ts";

/** Settings, and where each comes from. */
export interface Resolved {
  readonly settings: Settings;
  readonly origins: Readonly<Record<FieldName, Origin>>;
  /** An address of the environment that cannot be used: no reason to stop where it is not. */
  readonly unusable?: CliError | undefined;
  /** Clusters that the file names. */
  readonly clusters: readonly string[];
  /** The file, and what it says that it may not decide by itself where nobody named it. */
  readonly file?: {
    readonly absolute: string;
    readonly shown: string;
    readonly found: boolean;
    readonly folder: string;
    readonly steered: readonly Steered[];
    readonly fleet?: FleetFile;
    readonly top: Entries;
    /** What it says for each cluster. */
    readonly ofClusters: ReadonlyMap<string, Entries>;
  };
}

/**
 * Settings from the command line, the environment, the cluster's part of the file, the rest of the file, and the defaults, in this order.
 * @throws CliError VK1003 or VK1004.
 */
export async function resolveSettings(sources: Sources): Promise<Resolved> {
  const { cwd, shapes = [] } = sources;
  const typed = [flagLayer(sources), envLayer(sources)];
  const named = first(typed, "config");
  const file =
    sources.noFile === true
      ? undefined
      : await loadConfigFile(named === undefined ? undefined : String(valueOf("config", named, shapes)), cwd, sources.env);
  const layers = file === undefined ? typed : [...typed, ...fileLayers(file, typed, sources)];
  return {
    ...settle(layers, cwd, shapes),
    clusters: [...(file?.clusters.keys() ?? [])],
    ...(file !== undefined && {
      file: {
        absolute: file.absolute,
        shown: file.shown,
        found: file.found,
        folder: file.folder,
        steered: steeredBy(file),
        top: file.top,
        ofClusters: file.clusters,
        ...(file.fleet !== undefined && { fleet: file.fleet }),
      },
    }),
  };
}

function settle(layers: readonly Layer[], cwd: string, shapes: readonly RegExp[]): Pick<Resolved, "settings" | "origins" | "unusable"> {
  let unusable: CliError | undefined;
  const values: Partial<Record<FieldName, Value | undefined>> = {};
  const origins: Partial<Record<FieldName, Origin>> = {};
  const find = (name: FieldName): Value | undefined => {
    if (origins[name] !== undefined) return values[name];
    const said = first(layers, name) ?? byDefault(name, (other) => textOf(find(other as FieldName)), cwd);
    origins[name] = said?.origin ?? { kind: "unset" };
    if (said === undefined) return (values[name] = nothing(name));
    try {
      return (values[name] = valueOf(name, said, shapes));
    } catch (error) {
      if (!(error instanceof CliError) || name !== "vaultAddr" || said.origin.kind !== "env") throw error;
      unusable = error;
      return (values[name] = withoutLogin(String(said.raw)));
    }
  };
  for (const name of fieldNames) find(name);
  // Every field was found or has its empty value: the loop above went over the whole table.
  return { settings: values as unknown as Settings, origins: origins as Record<FieldName, Origin>, unusable };
}

const withoutLogin = (address: string): string => address.replace(/\/\/[^/]*@/, "//…@");

const textOf = (value: Value | undefined): string | undefined => (value === undefined ? undefined : String(value));
const valueOf = (name: FieldName, { raw, origin, base }: Said, shapes: readonly RegExp[]): Value =>
  coerce(raw, { field: table[name], origin: originText(origin), base, shapes });

function nothing(name: FieldName): Value | undefined {
  const { type } = table[name];
  if (type === "boolean") return false;
  return type === "list" || type === "pathList" ? [] : undefined;
}

/** The cluster's name. @throws CliError VK1001 when nobody said it. */
export function requireCluster({ settings, clusters }: Resolved): string {
  if (settings.cluster !== undefined) return settings.cluster;
  const known = clusters.length === 0 ? undefined : `The file names ${clusters.join(", ")}.`;
  throw failure(kinds.usage, { what: "No cluster was named", why: known, fix: `Add --cluster ${clusters[0] ?? "NAME"}.` });
}
