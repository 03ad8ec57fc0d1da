import type { Refusal } from "../../core/resource.ts";
import { releaseSet, type ReleasePlace } from "../../systems/vault-pods.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { serverSet } from "../rendered.ts";

/**
 * A StatefulSet by another name (fullnameOverride, nameOverride) is another Vault: helm would take the one that is there away, and the new pods would
 * come up with empty volumes. Undefined where the name stays.
 */
export async function otherSet({ kube }: Readers, place: ReleasePlace, objects: readonly KubeObject[]): Promise<Refusal | undefined> {
  const [live, wanted] = [await releaseSet(kube, place), serverSet(objects)];
  if (live === undefined || wanted === undefined || wanted.metadata.name === live.metadata.name) return undefined;
  return {
    reason: `The values call Vault's StatefulSet ${wanted.metadata.name}, and ${live.metadata.name} is there: it would go, and the new one come up empty`,
    fix: `Keep its name: pass fullnameOverride: ${live.metadata.name}, or what it was made with. A Vault by another name is another release: --release.`,
  };
}
