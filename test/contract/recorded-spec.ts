import type { FieldName, Settings } from "../../src/config/fields.ts";
import { fieldNames, table } from "../../src/config/keys.ts";
import { specOf, type Spec } from "../../src/config/spec.ts";

/** A spec that notes which of its leaves are read, each by its path, e.g. "vault.install.release". */
export function recorded(spec: Spec): { readonly spec: Spec; readonly read: ReadonlySet<string> } {
  const read = new Set<string>();
  const watched = (value: unknown, path: string): unknown => {
    if (typeof value !== "object" || value === null) {
      read.add(path);
      return value;
    }
    return new Proxy(value, {
      get: (target, key) => {
        const found: unknown = Reflect.get(target, key);
        // What an array can do is no part of what is wanted.
        return typeof key === "symbol" || typeof found === "function" || (Array.isArray(target) && key === "length")
          ? found
          : watched(found, path === "" ? key : `${path}.${key}`);
      },
    });
  };
  return { spec: watched(spec, "") as Spec, read };
}

/** The settings that say a leaf of the spec themselves, not by the default of another setting. */
export function saidBy(settings: Settings): (leaf: string) => readonly FieldName[] {
  const before = leaves(specOf(settings));
  const changed = fieldNames.map((name) => {
    const after = leaves(specOf({ ...settings, [name]: another(name, settings[name]) }));
    return { name, paths: [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)) };
  });
  return (leaf) => changed.flatMap(({ name, paths }) => (paths.includes(leaf) ? [name] : []));
}

function leaves(value: unknown, path = ""): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[path, value]]);
  return new Map(Object.entries(value).flatMap(([key, below]) => [...leaves(below, path === "" ? key : `${path}.${key}`)]));
}

/** What a setting might also be. */
function another(name: FieldName, now: Settings[FieldName]): unknown {
  const { type } = table[name];
  if (name === "secrets") return ["another=path#key"];
  if (name === "keysHolders") return ["alice=file:/a"];
  if (name === "keysKubernetesSecret") return "another/name";
  if (type === "boolean") return now !== true;
  if (type === "integer") return Number(now) + 1;
  if (type === "duration") return "1234s";
  if (type === "list" || type === "pathList") return ["another"];
  return typeof type === "object" ? type.oneOf.find((one) => one !== now) : "another";
}
