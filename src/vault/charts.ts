import type { InstallSpec } from "../config/spec/install.ts";
import type { Plain } from "../core/compare.ts";

/** In what the charts of Vault differ that we know. */
interface VaultChart {
  /** What the chart calls itself, and so its objects. */
  readonly name: string;
  readonly dataFolder: string;
  /** The variable that holds the pod's name, before the value of `apiAddr` is used. */
  readonly podName: string;
  /** Values for `server` that have its pods made at once, where its StatefulSet does not do so by itself. */
  readonly pods: Readonly<Record<string, Plain>>;
  /** Values for `server.auditStorage`, so that its volume is where `--audit-file` is. */
  readonly auditStorage: Readonly<Record<string, Plain>>;
  /** Its server takes audit devices from its configuration alone. */
  readonly declaresAudit: boolean;
}

/** https://github.com/hashicorp/vault-helm */
const vault: VaultChart = {
  name: "vault",
  dataFolder: "/vault/data",
  podName: "VAULT_K8S_POD_NAME",
  pods: {},
  auditStorage: {},
  declaresAudit: false,
};

/**
 * https://github.com/openbao/openbao-helm: its StatefulSet makes a pod only when the one before is ready, which is unsealed. Audit devices: the
 * server's docs, "Declarative Audit Devices".
 */
const openbao: VaultChart = {
  name: "openbao",
  dataFolder: "/openbao/data",
  podName: "BAO_K8S_POD_NAME",
  pods: { podManagementPolicy: "Parallel" },
  auditStorage: { mountPath: "/vault/audit" },
  declaresAudit: true,
};

/** By the name of the chart, a folder or an archive: what is not called after OpenBao is like HashiCorp's. */
export const chartOf = ({ chart }: { readonly chart: string }): VaultChart => (chart.includes(openbao.name) ? openbao : vault);

/** The name that Vault's chart gives its objects: https://github.com/hashicorp/vault-helm, templates/_helpers.tpl; OpenBao's does the same. */
export function vaultFullname({ release, chart: { chart } }: Pick<InstallSpec, "release" | "chart">): string {
  const { name } = chartOf({ chart });
  return release.includes(name) ? release : `${release}-${name}`;
}
