import { differences } from "../core/compare.ts";
import { text, at } from "../core/values.ts";
import { secretSpec } from "../config/rules.ts";
import type { StoreSpec } from "../config/spec/consumer.ts";
import type { WiringSpec } from "../config/spec/wiring.ts";
import { owner, ownerLabel } from "../kubernetes/ownership.ts";
import type { KubeObject } from "../systems/world.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import { apiPath } from "./diagnosis/kv-path.ts";

/** The wiring that an ExternalSecret reads by. */
export interface ReadingBy {
  readonly wiring: WiringSpec;
  readonly role: string;
  readonly store: StoreSpec;
  /** Variables of its operator. */
  readonly env: Readonly<Record<string, string>>;
}

/** An ExternalSecret as the setting `secrets` says it, or why that cannot say all of it, in words. */
export type Named = { readonly said: string } | { readonly why: string };

/** Says an ExternalSecret that somebody made as NAME[=PATH][#KEY,…], where what is made of that is the same. */
export function named(external: KubeObject, objects: ConsumerObjects, by: ReadingBy): Named {
  const other = managedBy(external);
  if (other !== undefined) return { why: `${other} manages it` };
  const { name, namespace = "" } = external.metadata;
  const { mount, prefix } = by.wiring.kv;
  const paths = [...new Set(objects.keysOf(external).map(({ path }) => apiPath(mount, path)))];
  const [path = "", ...more] = paths;
  const folder = `${mount}/data/${prefix}`;
  if (more.length > 0 || !path.startsWith(folder))
    return { why: more.length > 0 ? "it reads several secrets" : `it reads outside of ${mount}/${prefix}` };
  const below = path.slice(folder.length);
  const keys = objects.keysOf(external).flatMap(({ property }) => property ?? []);
  const said = `${name}${below === name ? "" : `=${below}`}${keys.length === 0 ? "" : `#${keys.join(",")}`}`;
  if (secretSpec(said) !== undefined) return { why: "its names are no plain words" };
  const there = objects.completed(external, by.env);
  const refreshInterval = text(at(there, "refreshInterval")) ?? "";
  const wanted = objects.secret({ name, namespace, path: below, keys, store: by.store, refreshInterval }, by.wiring, by.role);
  const [first] = differences(wanted, there);
  return first === undefined ? { said } : { why: `its spec.${first.field} is of another form` };
}

/** Who else keeps it as it is; kubectl gives way. */
function managedBy({ metadata }: KubeObject): string | undefined {
  const label = metadata.labels?.[ownerLabel];
  if (label !== undefined && label !== owner) return label;
  const [above] = metadata.ownerReferences ?? [];
  if (above !== undefined) return `${above.kind} ${above.name}`;
  return (metadata.managedFields ?? []).find(
    ({ manager = "", operation }) => operation === "Apply" && manager !== owner && !manager.startsWith("kubectl"),
  )?.manager;
}
