import type { Plain } from "../../core/compare.ts";
import { template } from "../../core/template.ts";
import type { InstallSpec } from "../../config/spec/install.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import { declaredDevice } from "../audit/declared.ts";
import { tlsSecretName } from "../tls/step.ts";
import { chartOf, vaultFullname } from "../charts.ts";
import { tlsFolder } from "./tls-folder.ts";

/** Not the pod's IP address, which is in no certificate. The chart defines this variable before it uses the value. */
export const podAddress = ({ chart }: Pick<InstallSpec, "chart">, fullname: string): string =>
  `https://$(${chartOf(chart).podName}).${fullname}-internal:8200`;

/** Only values that the chart knows. Documented in its values.yaml. */
export function vaultValues(vault: VaultSpec): Readonly<Record<string, Plain | undefined>> {
  const { imageTag, antiAffinity, storage, expose } = vault.install;
  return {
    ...(vault.tls.enabled && { global: { tlsDisable: false } }),
    injector: { enabled: false },
    server: {
      ...(imageTag !== undefined && { image: { tag: imageTag } }),
      ...(!antiAffinity && { affinity: "" }),
      dataStorage: { size: storage.size, ...(storage.class !== undefined && { storageClass: storage.class }) },
      ...server(vault),
      ...(expose === "Ingress" && { ingress: ingress(vault) }),
    },
    ...ui(vault.install),
  };
}

function server(vault: VaultSpec): Readonly<Record<string, Plain>> {
  const { install, tls } = vault;
  const config = configOf(vault);
  const raft = { enabled: true, setNodeId: true, ...(config !== undefined && { config }) };
  const ha = { enabled: true, replicas: install.replicas };
  if (!tls.enabled) return { ha: { ...ha, raft } };
  return {
    ha: { ...ha, apiAddr: podAddress(install, vaultFullname(install)), raft },
    ...(tls.certificate.kind === "own" && { extraEnvironmentVars: { VAULT_CACERT: `${tlsFolder}/ca.crt` } }),
    volumes: [{ name: "tls", secret: { secretName: tlsSecretName(vault), defaultMode: 0o440 } }],
    volumeMounts: [{ name: "tls", mountPath: tlsFolder, readOnly: true }],
  };
}

/** The server's configuration, where the chart's own will not do: for TLS, and for an audit device that has to stand there. */
function configOf({ install, tls, audit }: VaultSpec): string | undefined {
  const { dataFolder, declaresAudit } = chartOf(install.chart);
  const declared = audit !== undefined && declaresAudit ? template("audit.hcl", declaredDevice(audit)) : "";
  if (tls.enabled) return template("vault.hcl", { tlsFolder, dataFolder }) + declared;
  return declared === "" ? undefined : template("vault-plain.hcl", { dataFolder }) + declared;
}

// One load balancer that reaches the active pod only: server.service.type would make three, and one of them sends to sealed pods.
function ui({ expose, ui: wanted }: InstallSpec): Readonly<Record<string, Plain>> {
  if (expose === "LoadBalancer") return { ui: { enabled: true, serviceType: "LoadBalancer", activeVaultPodOnly: true } };
  return wanted ? { ui: { enabled: true, activeVaultPodOnly: true } } : {};
}

function ingress({ install: { ingress: wanted }, tls }: VaultSpec): Plain {
  const { host = "" } = wanted;
  return {
    enabled: true,
    activeService: true,
    ...(tls.enabled && { annotations: { "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS" } }),
    hosts: [{ host, paths: [] }],
    ...(wanted.class !== undefined && { ingressClassName: wanted.class }),
    ...(wanted.tlsSecret !== undefined && { tls: [{ secretName: wanted.tlsSecret, hosts: [host] }] }),
  };
}
