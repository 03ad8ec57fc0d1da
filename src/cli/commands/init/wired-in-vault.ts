import type { Settings } from "../../../config/fields.ts";
import type { Flags } from "../../../config/sources.ts";
import type { InCluster } from "../../../doctor/facts/in-cluster.ts";
import type { InVault } from "../../../doctor/facts/in-vault.ts";
import type { Given } from "../../found/choose.ts";

/** What is wired between a cluster and the Vault that was chosen, and what was said of the settings besides. */
export interface WiredInVault {
  readonly cluster: InCluster;
  readonly vault: InVault;
  readonly given: Given;
  readonly settle: (more: Flags) => Promise<Settings>;
}
