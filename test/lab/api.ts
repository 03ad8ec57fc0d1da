import { join } from "node:path";
import { onNetwork } from "./cluster/enter.ts";
import type { ClusterName } from "./cluster/spec.ts";
import { prod } from "./cluster/spec.ts";
import { LabError } from "./errors.ts";
import { labEnvironment } from "./state/environment.ts";
import { clusterFolder, labPaths } from "./state/paths.ts";
import { running } from "./state/record.ts";
import { externalSecretsChart, kesChart, ownVaultChart } from "./work-folder.ts";

export type { ClusterName } from "./cluster/spec.ts";

/** What a test needs to know of the lab that is up. */
export interface LabState {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly work: string;
  readonly bin: string;
  readonly data: string;
  readonly charts: {
    readonly vault: string;
    readonly externalSecrets: string;
    readonly kes: string;
  };
  /** Environment of a command that works on the lab. */
  readonly env: Record<string, string>;
  /** The API server's audit log: one JSON object a line, on the stage ResponseComplete, written just after the answer. */
  auditLog(cluster: ClusterName): string;
  /** The key with which a cluster signs its service account tokens, as a PEM file: whoever has it can mint any. */
  signingKey(cluster: ClusterName): string;
  /** A command and its arguments as they must be started to be on a cluster's network. */
  onNetwork(command: readonly string[], cluster?: ClusterName): [string, ...string[]];
}

/** Where the lab of this checkout is; whether it is up shows when something is started on its network. */
export function labState(name?: string): LabState {
  const paths = labPaths(name);
  const { folder, kubeconfig, work, bin, data } = paths;
  return {
    folder,
    kubeconfig,
    work,
    bin,
    data,
    charts: {
      vault: process.env["VAULT_CHART"] ?? ownVaultChart,
      externalSecrets: externalSecretsChart(),
      kes: kesChart,
    },
    env: labEnvironment(paths),
    auditLog: (cluster) => join(clusterFolder(paths, cluster), "audit.log"),
    signingKey: (cluster) => join(clusterFolder(paths, cluster), "pki/tokens.key"),
    onNetwork: (command, cluster = prod.name) => {
      const record = running(paths, cluster);
      if (record === undefined) throw new LabError("The lab is not up: npm run lab -- up");
      return ["nsenter", ...onNetwork(record), ...command];
    },
  };
}
