import { failure, kinds } from "../../errors.ts";
import type { CliError } from "../../core/errors.ts";
import type { Identified } from "./identify.ts";

/** A cluster with the source that named it. */
export interface Sourced {
  readonly source: string;
  readonly found: Identified;
}

/** One cluster, and who else named it; or several entries that say they are one and are not. */
export type Distinct =
  | { readonly kind: "one"; readonly first: Sourced; readonly also: readonly Sourced[] }
  | { readonly kind: "conflict"; readonly all: readonly Sourced[]; readonly error: CliError };

/** Brings together what has the same UID, in the order of the sources: the first counts. */
export async function distinct(all: readonly Sourced[]): Promise<Distinct[]> {
  const groups = Map.groupBy(all, ({ found }) => found.uid);
  return Promise.all([...groups.values()].map(judged));
}

async function judged(group: readonly Sourced[]): Promise<Distinct> {
  const [first, ...also] = group as readonly [Sourced, ...Sourced[]];
  if (also.length === 0) return { kind: "one", first, also };
  const [cas, ...others] = await Promise.all(group.map(({ found }) => found.cas()));
  const isSame = others.every((one) => cas !== undefined && one !== undefined && one.some((ca) => cas.includes(ca)));
  if (isSame) return { kind: "one", first, also };
  return { kind: "conflict", all: group, error: twice(group, [cas, ...others].includes(undefined)) };
}

const twice = (group: readonly Sourced[], isUnknown: boolean): CliError =>
  failure(kinds.clusterTwice, {
    what: `${group.map(({ source, found }) => `${found.called} (${source})`).join(" and ")} have a kube-system of the same UID`,
    why: isUnknown
      ? "Whether they are one cluster cannot be told: the ConfigMap kube-root-ca.crt in kube-system cannot be read at each of them."
      : "Their API servers are certified by other CAs: one was restored from a backup of the other.",
    fix: isUnknown ? "Give the right to read it, or leave one of them out." : "Leave one of them out of the fleet.",
  });
