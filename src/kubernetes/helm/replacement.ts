import type { Say } from "../../core/resource.ts";
import type { KubeObject, KubeReader, Writers } from "../../systems/world.ts";
import { onObject, type Need } from "../../systems/need.ts";
import { deleteObject } from "../gone.ts";
import { refOf } from "../object-ref.ts";
import { claimOf, grownClaims } from "./claims.ts";
import type { Unchangeable } from "./fixed-fields.ts";
import { isSet, named } from "./in-place.ts";

const goneWithinMs = 60_000;

/** The claims that would grow and are there. */
export async function claimsToGrow(kube: KubeReader, namespace: string, all: readonly Unchangeable[]): Promise<KubeObject[]> {
  const claims = all.flatMap(grownClaims).map((claim) => claimOf(claim, namespace));
  const found = await Promise.all(claims.map((claim) => kube.get(refOf(claim))));
  return claims.filter((_, index) => found[index] !== undefined);
}

/**
 * Makes way for what helm makes anew. Claims grow first: one that is refused leaves all as it was. Cut off, the next run finds what is missing
 * and helm makes it.
 * @throws CliError VK1010 where an object does not go
 */
export async function makeWay(write: Writers, namespace: string, all: readonly Unchangeable[], say: Say): Promise<void> {
  for (const claim of await claimsToGrow(write.kube, namespace, all)) {
    await write.kube.patch(refOf(claim), { spec: claim["spec"] as { resources: { requests: { storage: string } } } });
    say(`PersistentVolumeClaim ${namespace}/${claim.metadata.name} grows`);
  }
  for (const one of all) {
    say(`${named(one)} is made anew${isSet(one) ? " around its pods" : ""}`);
    await deleteObject(write, one.live, goneWithinMs, { orphan: isSet(one) });
  }
}

/** What making way needs. */
export const toMakeWay = (namespace: string, all: readonly Unchangeable[]): Need[] => [
  ...all.flatMap(({ live }) => onObject(refOf(live), ["delete"])),
  ...all.flatMap(grownClaims).flatMap((claim) => onObject(refOf(claimOf(claim, namespace)), ["get", "patch"])),
];
