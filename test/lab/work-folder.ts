import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { componentFolder } from "./build/index.ts";
import type { LabPaths } from "./state/paths.ts";

/** The lab's own Vault chart. */
export const ownVaultChart = join(import.meta.dirname, "charts/vault");

/** The stand-in for GoDaddy's kubernetes-external-secrets. */
export const kesChart = join(import.meta.dirname, "charts/kubernetes-external-secrets");

/** The External Secrets Operator's chart, as it was built. */
export function externalSecretsChart(): string {
  return join(componentFolder("external-secrets"), "chart");
}

/** Makes the folder in which commands are typed. Each `up` writes the settings anew: charts have moved when they were built anew. */
export function makeWorkFolder(paths: LabPaths, vaultChart = ownVaultChart): void {
  mkdirSync(paths.work, { recursive: true });
  writeFileSync(join(paths.work, "vault-k8s.yaml"), settings(vaultChart));
}

/** What the lab must say that a cluster in a cloud need not. */
function settings(vaultChart: string): string {
  const values = {
    vault: { chart: vaultChart, antiAffinity: false, expose: "LoadBalancer" },
    operator: { chart: externalSecretsChart() },
  };
  const text = stringify(values, { lineWidth: 0 }).replace("antiAffinity: false", "antiAffinity: false # one node");
  return `# Where this lab's charts are; everything else is the default.\n${text}`;
}
