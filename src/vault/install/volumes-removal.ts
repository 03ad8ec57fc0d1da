import { firstSeen } from "../../core/first-seen.ts";
import { gone, stays } from "../../core/removal.ts";
import { deleteCommand, untilGone } from "../../kubernetes/gone.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { refOf, uidOf } from "../../kubernetes/object-ref.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { Readers } from "../../systems/world.ts";
import { claimsOf, isClaim } from "../claims.ts";

interface ReleasePlace {
  readonly namespace: string;
  readonly release: string;
}

/** Takes away Vault's volumes, which helm leaves; only where the release or the keys say that they are ours. */
export function volumesRemoval(place: ReleasePlace, { dataStays, vaultStays, withinMs }: RemovalPolicy): AppRemoval {
  const { namespace, release } = place;
  const claims = firstSeen((read: Readers) => claimsOf(read, place), uidOf);
  const names = async (read: Readers): Promise<string[]> => (await claims.list(read)).map(({ metadata }) => metadata.name);
  return {
    id: `kubernetes PersistentVolumeClaims of ${namespace}/${release}`,
    takes: (object) => isClaim(object, place) && claims.has(object),
    look: async (read) => {
      const all = await names(read);
      if (all.length === 0) return gone();
      if (dataStays !== undefined) return stays(dataStays);
      const reason = (await vaultStays(read)) ?? (await foreign(read, place));
      return reason === undefined ? { kind: "there", changes: all.map((name) => ({ field: name, before: "data" })) } : stays(reason);
    },
    remove: async (write) => {
      for (const claim of await claims.list(write)) await write.kube.remove(refOf(claim));
      await untilGone(() => names(write), withinMs, kubectl(write.kube, `get pvc -n ${namespace}`));
    },
    command: async (read) => ({
      lines: (await claims.list(read)).map((claim) => deleteCommand(read.kube.context, refOf(claim)).lines).join("\n"),
    }),
  };
}

async function foreign(read: Readers, place: ReleasePlace): Promise<string | undefined> {
  if ((await read.helm.release(place.namespace, place.release)) !== undefined) return undefined;
  return (await read.keys.read()) === undefined ? "neither a release nor unseal keys say that they are ours" : undefined;
}
