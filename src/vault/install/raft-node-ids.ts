import type { Plain } from "../../core/compare.ts";
import type { HelmRelease } from "../../systems/world.ts";
import { valueAt } from "../../kubernetes/helm/inputs.ts";

/**
 * Raft knows each Vault pod by a name: by its pod's, where the chart says so, else by one that Vault made up. A pod that starts under
 * another name than before is no member any more, so a release keeps what it was made with. A part of the chart's values for `server`.
 */
export const raftNodeIds = (found: HelmRelease | undefined): Readonly<Record<string, Plain>> =>
  found === undefined ? {} : { ha: { raft: { setNodeId: valueAt(found, "server", "ha", "raft", "setNodeId") } } };
