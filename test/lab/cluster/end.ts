import { isAlive, kill } from "../machine/process.ts";
import { waitFor } from "../machine/wait.ts";
import type { ClusterRecord } from "../state/record.ts";
import { removeCgroups } from "./node/cgroups.ts";

/** Ends a cluster with all its processes, mounts and devices, and removes what it had outside its namespaces. */
export async function endCluster({ cluster, id, init, holder }: ClusterRecord): Promise<void> {
  kill(init);
  // The init is gone only when all others of its namespace are; the holder waits for it.
  await waitFor(`end of ${cluster}`, 60, () => !isAlive(init) && !isAlive(holder));
  await waitFor(`removal of the cgroups of ${cluster}`, 60, () => removeCgroups(id));
}
