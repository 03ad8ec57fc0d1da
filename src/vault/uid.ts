import type { Readers } from "../systems/world.ts";

/** UID of the cluster whose mark stands on what belongs to a whole Vault: the one in which it runs, or the one that is wired. */
export const vaultUid = (read: Readers): Promise<string> => (read.vaultKube ?? read.kube).clusterUid();
