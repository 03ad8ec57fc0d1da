import { exitCodes } from "../../../core/errors.ts";
import { command, type Command } from "../command.ts";
import { fleetOptions } from "../own-options.ts";

/** Commands about many clusters with one Vault. */
export const fleet: readonly Command[] = [
  command({
    name: "fleet list",
    group: "Many clusters",
    summary: "Show which clusters are of the fleet, where each comes from, and which cannot be reached",
    about:
      "Reads the sources that vault-k8s.yaml names below fleet, or contexts of the kubeconfig, and asks each cluster who it is. Credentials are read anew each time. Out of Secrets and other objects only data is taken: no paths, and no program that --allow-exec does not name. What is wrong with a cluster stops that one alone; then it ends with 1. The fleet's Vault is always named, with --vault-addr, --vault-context or in the file. docs/fleet.md begins with three clusters.",
    steps: [],
    vault: "any",
    options: fleetOptions,
    missingIs: exitCodes.failed,
    load: () => import("../fleet/list.ts"),
  }),
];
