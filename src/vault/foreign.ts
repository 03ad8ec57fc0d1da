import { same } from "../core/resource.ts";
import type { Settings } from "../config/fields.ts";
import type { Readers } from "../systems/world.ts";
import type { AppResource } from "../systems/step.ts";
import { owner, ownerLabel } from "../kubernetes/ownership.ts";
import { vaultPods } from "./pods.ts";

/** A resource that only a Vault of ours has: one that somebody else installed is used as it is. */
export function unlessForeign(resource: AppResource, settings: Pick<Settings, "installNamespace" | "release">): AppResource {
  return {
    ...resource,
    diff: async (read) =>
      (await isForeign(read, settings)) ? same("Vault was installed by someone else; used as it is") : resource.diff(read),
  };
}

async function isForeign(read: Readers, { installNamespace, release }: Pick<Settings, "installNamespace" | "release">): Promise<boolean> {
  const pods = await vaultPods(read.kube, { namespace: installNamespace, release });
  if (pods.length === 0) return false;
  return (await read.helm.release(installNamespace, release))?.labels[ownerLabel] !== owner;
}
