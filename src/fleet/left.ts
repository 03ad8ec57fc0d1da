import { failure, kinds } from "../errors.ts";
import { fleetOf, markOf } from "../kubernetes/ownership.ts";
import type { Mount } from "../wiring/mounts.ts";
import type { Inventory } from "./inventory/inventory.ts";

/** A cluster that is of the fleet no more, and what Vault still has of it. */
export interface LeftCluster {
  readonly path: string;
  readonly uid: string;
  readonly description: string;
}

/** The clusters that have left: the mark on their mount names this fleet, and no source names them. Those of other fleets, or wired alone, never do. */
export function leftIn({ fleet, clusters, refused }: Inventory, all: readonly Mount[]): LeftCluster[] {
  if (fleet === undefined) return [];
  const known = new Set([...clusters, ...refused].map(({ uid }) => uid));
  return all.flatMap(({ path, description }) => {
    const uid = markOf(description);
    if (uid === undefined || fleetOf(description) !== fleet || known.has(uid)) return [];
    return [{ path, uid, description }];
  });
}

/** Why it cannot be known which clusters have left; undefined where it can. */
export function whyNotKnown({ fleet, sources, refused, narrowed }: Inventory): string | undefined {
  const silent = sources.filter(({ error }) => error !== undefined).map(({ source }) => source);
  const nameless = refused.filter(({ uid }) => uid === undefined).map(({ called }) => called);
  if (fleet === undefined)
    return "The fleet has no name: fleet.name in vault-k8s.yaml gives it one, which stands in the marks of its mounts.";
  if (silent.length > 0) return `Not every source answered whole: ${silent.join(", ")}.`;
  if (narrowed) return "--only, --except or --selector names a part of the fleet.";
  if (sources.some(({ kind }) => kind === "contexts"))
    return "Contexts of a kubeconfig are among the sources, and a kubeconfig of one machine is not the whole fleet.";
  if (nameless.length > 0) return `Which clusters these are cannot be told, since they did not answer: ${nameless.join(", ")}.`;
  return undefined;
}

/** @throws CliError VK1001 where a cluster that is not in the list may be of the fleet still */
export function refuseUnknown(inventory: Inventory): void {
  const why = whyNotKnown(inventory);
  if (why !== undefined) throw failure(kinds.usage, { what: "--prune cannot be used here", why, fix: "Leave it out, or mend that first." });
}
