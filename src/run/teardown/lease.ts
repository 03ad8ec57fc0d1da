import type { Spec } from "../../config/spec.ts";
import type { Resource, Say } from "../../core/resource.ts";
import { absent } from "../../core/removal.ts";
import { leaseNow, withLease, type LeaseOf } from "../../kubernetes/lease.ts";
import type { AppRemoval } from "../../systems/removal.ts";
import type { Readers, Writers } from "../../systems/world.ts";

export const leaseOf = ({ vault: { install } }: Spec): LeaseOf => ({ namespace: install.namespace, release: install.release });

/**
 * Works while no other run works on the Vault of this cluster. A Vault elsewhere is not taken away, so nothing is held there.
 * @throws CliError VK1513 where another run holds it, VK1105 with the rule that grants the right to Leases
 */
export async function underVaultsLease(spec: Spec, write: Writers, say: Say, work: () => Promise<void>): Promise<void> {
  const of = leaseOf(spec);
  if (write.where.vaultIs !== "cluster" || !(await hasPlace(write, of))) return work();
  await withLease(write.vaultKube, of, { say, without: "stop" }, work);
}

/** Without its namespace there is no Vault to hold; one that is going takes nothing in any more. */
async function hasPlace({ anew }: Readers, { namespace: name }: LeaseOf): Promise<boolean> {
  const found = await anew.kube.get({ apiVersion: "v1", kind: "Namespace", name });
  return found !== undefined && found.metadata.deletionTimestamp === undefined;
}

/** What takes something away, and looks before each deletion whether this run still holds the Vault. */
export const absentUnderLease = (removal: AppRemoval, of: LeaseOf): Resource<Readers, Writers, never> =>
  absent({
    ...removal,
    remove: async (write, say) => {
      if (removal.namespace === of.namespace) await endsWith(write, of);
      await removal.remove(looking(write, of), say);
    },
  });

/** With its namespace goes the Lease itself. */
async function endsWith(write: Writers, of: LeaseOf): Promise<void> {
  const lease = await leaseNow(write.vaultKube, of);
  await lease.stillHeld();
  await lease.letGo();
}

/** The same writers, whose deletions are made only by the run that holds the Vault. */
function looking(write: Writers, of: LeaseOf): Writers {
  const { kube, vault, helm } = write;
  const held = async <T>(deletes: () => Promise<T>): Promise<T> => {
    await (await leaseNow(write.vaultKube, of)).stillHeld();
    return deletes();
  };
  return {
    ...write,
    kube: {
      ...kube,
      remove: (...args) => held(() => kube.remove(...args)),
      removeExactly: (object) => held(() => kube.removeExactly(object)),
    },
    vault: { ...vault, remove: (path) => held(() => vault.remove(path)) },
    helm: { ...helm, uninstall: (...args) => held(() => helm.uninstall(...args)) },
  };
}
