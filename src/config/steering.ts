import { createHash } from "node:crypto";
import type { Entries } from "./entries.ts";
import type { ConfigFile } from "./file.ts";
import type { FieldName } from "./fields.ts";
import { fieldNames, table } from "./keys.ts";
import type { Raw } from "./coerce.ts";
import type { Origin } from "./origin.ts";

/** Keys of the file that say what is run, where keys and tokens go, and what is run with the cluster's rights. */
const steering =
  /^(helm$|keys\.|vault\.(addr|nodes|context|caCert|tokenFile|login|insecureNoTls|consumerAddr|chart|chartRepo|values|set)$|operator\.(chart|chartRepo|values|set)$)/;

/** The settings that a file which was only found may not decide by itself. */
export const steeringFields: readonly FieldName[] = fieldNames.filter((name) => steering.test(table[name].key ?? ""));

/** One such setting as a file says it. */
export interface Steered {
  readonly key: string;
  /** Of one cluster alone. */
  readonly cluster?: string;
  readonly raw: Raw;
}

/** What a file says of them, for all clusters and for each. What was read once is asked once for each cluster of a fleet. */
export function steeredBy(file: Content): readonly Steered[] {
  const found = known.get(file.clusters) ?? steered(file);
  known.set(file.clusters, found);
  return found;
}

/** By what was read of a file together with the rest of it. */
const known = new WeakMap<ConfigFile["clusters"], readonly Steered[]>();

function steered({ top, clusters, fleet }: Content): readonly Steered[] {
  const of = (entries: Entries, cluster?: string, below = ""): Steered[] =>
    steeringFields.flatMap((name) => {
      const raw = entries.get(name)?.raw;
      return raw === undefined ? [] : [{ key: `${below}${table[name].key ?? name}`, raw, ...(cluster !== undefined && { cluster }) }];
    });
  const ofFleet = [
    ...(fleet === undefined ? [] : of(fleet.defaults, undefined, "fleet.defaults.")),
    ...(fleet?.says ?? []).map(({ key, text }) => ({ key, raw: text })),
  ];
  return [...of(top), ...[...clusters].flatMap(([cluster, entries]) => of(entries, cluster)), ...ofFleet];
}

type Content = Pick<ConfigFile, "top" | "clusters" | "fleet">;

/** Those of a run that a file decides, for people: "vault-k8s.yaml: helm, vault.addr". Undefined where it decides none. */
export function decidedByFile(origins: Readonly<Record<FieldName, Origin>>): string | undefined {
  const keys = steeringFields.filter((name) => origins[name].kind === "file");
  const [first] = keys.map((name) => origins[name]).filter((origin) => origin.kind === "file");
  return first === undefined ? undefined : `${first.place.file}: ${keys.map((name) => table[name].key).join(", ")}`;
}

/** The same for equal settings, whatever else the file says. */
export function digestOf(steered: readonly Steered[]): string {
  const rows = steered.map(({ key, cluster, raw }) => JSON.stringify([cluster ?? null, key, raw])).sort();
  return createHash("sha256").update(rows.join("\n")).digest("hex");
}
