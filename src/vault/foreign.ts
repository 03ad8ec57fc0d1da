import { same } from "../core/resource.ts";
import type { InstallSpec } from "../config/spec/install.ts";
import type { Readers } from "../systems/world.ts";
import type { AppResource } from "../systems/step.ts";
import { owner, ownerLabel } from "../kubernetes/ownership.ts";
import { vaultPods } from "./pods.ts";

/** A resource that only a Vault of ours has: one that somebody else installed is used as it is. */
export function unlessForeign(resource: AppResource, place: Pick<InstallSpec, "namespace" | "release">): AppResource {
  return {
    ...resource,
    diff: async (read) =>
      (await isForeign(read, place)) ? same("Vault was installed by someone else; used as it is") : resource.diff(read),
  };
}

async function isForeign(read: Readers, place: Pick<InstallSpec, "namespace" | "release">): Promise<boolean> {
  const pods = await vaultPods(read.kube, place);
  if (pods.length === 0) return false;
  return (await read.helm.release(place.namespace, place.release))?.labels[ownerLabel] !== owner;
}
