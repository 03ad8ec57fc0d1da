import { nameFrom } from "../../core/cluster-name.ts";
import { failure, kinds } from "../../errors.ts";
import type { CliError } from "../../core/errors.ts";
import { clusterName } from "../../config/rules.ts";

/** The names under which Vault knows clusters, by the UID of their kube-system. */
export type KnownNames = ReadonlyMap<string, readonly string[]>;

/** What is known of a cluster that has to have a name. */
interface Nameless {
  readonly called: string;
  readonly named?: string | undefined;
  readonly uid?: string | undefined;
}

/**
 * A cluster's name in Vault: what the file says; else the name under which Vault knows its UID; else what its source calls it, as the wizard
 * proposes it.
 */
export function nameOf({ called, named, uid }: Nameless, said: Readonly<Record<string, string>>, known: KnownNames): string | CliError {
  const ofFile = named ?? (Object.hasOwn(said, called) ? said[called] : undefined);
  if (ofFile !== undefined) return ofFile;
  const proposed = nameFrom(called);
  const inVault = known.get(uid ?? "") ?? [];
  if (inVault.length > 1 && !inVault.includes(proposed)) return severalNames(called, inVault);
  const name = inVault.length === 1 ? (inVault[0] ?? proposed) : proposed;
  return clusterName(name) === undefined ? name : noName(called);
}

const severalNames = (called: string, names: readonly string[]): CliError =>
  failure(kinds.clusterNames, {
    what: `Vault knows ${called} under the names ${names.join(" and ")}`,
    why: "A cluster has one name in a Vault.",
    fix: `Say which counts, in vault-k8s.yaml: fleet.names with ${JSON.stringify(called)}: NAME.`,
  });

const noName = (called: string): CliError =>
  failure(kinds.clusterNames, {
    what: `No name in Vault can be made of ${JSON.stringify(called)}`,
    fix: `Say one in vault-k8s.yaml: fleet.names with ${JSON.stringify(called)}: NAME.`,
  });

/** For each of several that came to one name. */
export const sameName = (name: string, all: readonly { readonly called: string; readonly source: string }[]): CliError =>
  failure(kinds.clusterNames, {
    what: `${all.map(({ called, source }) => `${called} (${source})`).join(" and ")} would all be called ${name} in Vault`,
    why: "Both would write the same login.",
    fix: `Give one of them another name in vault-k8s.yaml: fleet.names with ${JSON.stringify(all.at(-1)?.called)}: NAME.`,
  });
