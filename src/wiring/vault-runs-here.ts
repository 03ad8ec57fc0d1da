import type { Readers } from "../systems/world.ts";

/** Whether Vault runs in the very cluster that is wired. False where that cannot be known, as of a Vault at an address. */
export async function vaultRunsHere({ where, kube, vaultKube }: Readers): Promise<boolean> {
  if (where.vaultIs === "cluster") return true;
  if (vaultKube === undefined) return false;
  const [here, there] = await Promise.all([kube.clusterUid(), vaultKube.clusterUid()]);
  return here === there;
}
