import type { Flags } from "../../../config/sources.ts";
import { requireCluster } from "../../../config/resolve.ts";
import { failure, kinds } from "../../../errors.ts";
import { markOf } from "../../../kubernetes/ownership.ts";
import { inCluster } from "../../../systems/kubectl.ts";
import type { Call, CallWith } from "../command.ts";
import type { statusOptions } from "../own-options.ts";
import { prepare, type Prepared } from "../prepare.ts";
import { worldOptions } from "../world-options.ts";
import { markedMounts } from "../../../doctor/facts/auth.ts";
import { clusterNamed } from "../../../wiring/mounts.ts";

/** What is looked at: a cluster with the flags that say it, or Vault alone. */
export interface Subject {
  readonly cluster: string | undefined;
  readonly flags: Flags;
}

/**
 * Which clusters a call means: those that it names; with --all those of the file and those that Vault knows by our mark; else those of the
 * file. Without any of them, Vault alone where it is at an address.
 * @throws CliError VK1001 where nothing says which.
 */
export async function whichClusters(call: CallWith<typeof statusOptions>, prepared: Prepared): Promise<readonly Subject[]> {
  const { spec, resolved } = prepared;
  const of = (cluster: string): Subject => ({ cluster, flags: { ...call.flags, cluster } });
  if (call.options.all === true) return await all(call, prepared);
  if (call.clusters.length > 0) return [...new Set(call.clusters)].map(of);
  if (spec.cluster !== undefined) return [of(spec.cluster)];
  if (resolved.clusters.length > 0) return resolved.clusters.map(of);
  if (spec.vault.address === undefined && spec.vault.nodes.length === 0) requireCluster(resolved);
  return [{ cluster: undefined, flags: call.flags }];
}

async function all(call: Call, prepared: Prepared): Promise<readonly Subject[]> {
  if (call.clusters.length > 0 || call.flags.cluster !== undefined)
    throw failure(kinds.usage, { what: "--all and --cluster cannot be used together", fix: "Leave one of them out." });
  // --context says where Vault is; each cluster has its own, from the file or by its name.
  const { context: _vaults, ...flags } = call.flags;
  const own = prepared.resolved.clusters.map((cluster) => ({ cluster, flags: { ...flags, cluster } }));
  const marked = await knownInVault(call, prepared);
  const known = [...own, ...marked.filter(({ cluster }) => !own.some((each) => each.cluster === cluster))];
  if (known.length === 0)
    throw failure(kinds.usage, {
      what: "No cluster is known: neither a configuration file nor Vault names one",
      why: "Vault knows a cluster by the mark in the description of its auth method, which vault-k8s writes.",
      fix: "Name one with --cluster.",
    });
  return known;
}

/** Clusters whose auth method carries our mark, at the path that it has by default. Those that do not run Vault find it in the cluster that does. */
async function knownInVault(call: Call, prepared: Prepared): Promise<Subject[]> {
  const { openWorld } = await import("../../../run/world/open.ts");
  const world = await openWorld(prepared.spec, worldOptions(call, prepared));
  try {
    const mounts = await markedMounts(world.vault);
    const home = world.where.vaultIs === "cluster" ? { uid: await world.kube.clusterUid(), context: world.kube.context } : undefined;
    return mounts.flatMap(({ path, description }) => {
      const cluster = clusterNamed(path);
      if (cluster === undefined) return [];
      const here = home !== undefined && markOf(description) === home.uid;
      const { context: _vaults, ...flags } = call.flags;
      const where: Flags = home === undefined ? {} : here ? flagsOf(home.context) : { vaultContext: home.context };
      return [{ cluster, flags: { ...flags, ...where, cluster } }];
    });
  } finally {
    await world.close();
  }
}

/** A pod that is its own way to the cluster has no context that a flag could name. */
const flagsOf = (context: string): Flags => (context === inCluster ? {} : { context });

/** The settings of one subject. */
export const prepareSubject = (call: Call, { flags }: Subject): Promise<Prepared> => prepare({ ...call, flags });
