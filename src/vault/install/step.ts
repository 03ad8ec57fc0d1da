import { milliseconds, seconds } from "../../core/duration.ts";
import type { Plain } from "../../core/compare.ts";
import type { Settings } from "../../config/fields.ts";
import type { HelmRelease, Readers } from "../../systems/world.ts";
import { auditStorage } from "../audit/storage.ts";
import { helmRelease } from "../../kubernetes/helm/release.ts";
import { onObject } from "../../systems/need.ts";
import { raftNodeIds } from "./raft-node-ids.ts";
import { podsRun, vaultPods, waitForPods, waitForPodsCommand } from "../pods.ts";
import { toFindAddress } from "../../systems/reach.ts";
import { tellsCa } from "../tls/secret-data.ts";
import { waitForBalancers } from "../tls/balancers.ts";
import { vaultFullname } from "../names.ts";
import { defineStep } from "../../systems/step.ts";
import { volumesRemoval } from "./volumes-removal.ts";
import { template } from "../../core/template.ts";
import { tlsSecretName } from "../tls/step.ts";

const inputs = [
  "installNamespace",
  "release",
  "chart",
  "chartRepo",
  "chartVersion",
  "imageTag",
  "values",
  "set",
  "replicas",
  "antiAffinity",
  "storageClass",
  "storageSize",
  "ui",
  "expose",
  "ingressHost",
  "ingressClass",
  "ingressTlsSecret",
  "audit",
  "auditFile",
  "insecureNoTls",
  "tlsSecret",
  "tlsIssuer",
  "helm",
  "timeout",
] as const;
type Inputs = Pick<Settings, (typeof inputs)[number]>;

/** Vault, highly available on integrated storage, by Helm. */
export const install = defineStep({
  id: "install",
  title: "Install Vault",
  inputs,
  resources: (settings) => {
    const wanted = { namespace: settings.installNamespace, release: settings.release, replicas: settings.replicas };
    return [
      helmRelease({
        namespace: settings.installNamespace,
        name: settings.release,
        chart: { chart: settings.chart, repo: settings.chartRepo, version: settings.chartVersion },
        values: vaultValues(settings),
        lateValues: (read, found) => lateValues(read, settings, found),
        valuesFiles: settings.values,
        sets: settings.set,
        alsoNeeds: (read) => [
          ...onObject({ apiVersion: "v1", kind: "Pod", namespace: settings.installNamespace }, ["list"]),
          // Where people find it is told at the end.
          ...toFindAddress(read, settings.installNamespace),
        ],
        waits: false,
        elsewhere: (read) => foundPods(read, settings),
        isUp: (read) => podsRun(read, wanted),
        waitUntilUp: async (write, say) => {
          await waitForPods(write, wanted, milliseconds(settings.timeout), say);
          // Its address goes into the certificate.
          if (settings.expose === "LoadBalancer") await waitForBalancers(write, settings, milliseconds(settings.timeout), say);
        },
        waitCommand: (context) => waitForPodsCommand(wanted, context, seconds(settings.timeout)),
        removal: { stays: (read, { vaultStays }) => vaultStays(read) },
      }),
    ];
  },
  removals: ({ vault }, policy) => [volumesRemoval(vault.install, policy)],
});

async function foundPods(read: Readers, { installNamespace, release }: Inputs): Promise<string | undefined> {
  const pods = await vaultPods(read.kube, { namespace: installNamespace, release });
  return pods.length === 0 ? undefined : `${pods.length} Vault pods are there, not installed by helm`;
}

/** What rests on the world as it is: a volume for the audit file, names of the pods in Raft, and whom the pods are told to trust. */
async function lateValues(read: Readers, settings: Inputs, found: HelmRelease | undefined): Promise<Readonly<Record<string, Plain>>> {
  return { server: { ...auditStorage(settings, found), ...raftNodeIds(found), ...(await trust(read, settings)) } };
}

// A Secret that we did not make may hold no CA; the pods are told to trust only what is there.
async function trust(read: Readers, settings: Inputs): Promise<Readonly<Record<string, Plain>>> {
  if (settings.insecureNoTls || isOwn(settings)) return {};
  // cert-manager will have made it by then, and what it makes for names of the inside of a cluster tells its CA.
  const told = (await tellsCa(read, settings.installNamespace, tlsSecretName(settings))) ?? settings.tlsIssuer !== undefined;
  return told ? { extraEnvironmentVars: { VAULT_CACERT: `${tlsFolder}/ca.crt` } } : {};
}

/** Only values that HashiCorp's chart knows. Documented in its values.yaml. */
function vaultValues(settings: Inputs): Readonly<Record<string, Plain | undefined>> {
  return {
    ...(!settings.insecureNoTls && { global: { tlsDisable: false } }),
    injector: { enabled: false },
    server: {
      ...(settings.imageTag !== undefined && { image: { tag: settings.imageTag } }),
      ...(!settings.antiAffinity && { affinity: "" }),
      dataStorage: { size: settings.storageSize, ...(settings.storageClass !== undefined && { storageClass: settings.storageClass }) },
      ...server(settings),
      ...(settings.expose === "Ingress" && { ingress: ingress(settings) }),
    },
    ...ui(settings),
  };
}

const tlsFolder = "/vault/tls";
/** Whether the certificate is one of our own authority. */
const isOwn = ({ tlsSecret, tlsIssuer }: Inputs): boolean => tlsSecret === undefined && tlsIssuer === undefined;

function server(settings: Inputs): Readonly<Record<string, Plain>> {
  const ha = { enabled: true, replicas: settings.replicas };
  const raft = { enabled: true, setNodeId: true };
  if (settings.insecureNoTls) return { ha: { ...ha, raft } };
  const { release, chart } = settings;
  const dataFolder = /openbao/.test(chart) ? "/openbao/data" : "/vault/data";
  return {
    // Not the pod's IP address, which is in no certificate. The chart defines this variable before it uses the value.
    ha: {
      ...ha,
      apiAddr: `https://$(VAULT_K8S_POD_NAME).${vaultFullname(release, chart)}-internal:8200`,
      raft: { ...raft, config: template("vault.hcl", { tlsFolder, dataFolder }) },
    },
    ...(isOwn(settings) && { extraEnvironmentVars: { VAULT_CACERT: `${tlsFolder}/ca.crt` } }),
    volumes: [{ name: "tls", secret: { secretName: tlsSecretName(settings), defaultMode: 0o440 } }],
    volumeMounts: [{ name: "tls", mountPath: tlsFolder, readOnly: true }],
  };
}

// One load balancer that reaches the active pod only: server.service.type would make three, and one of them sends to sealed pods.
function ui({ expose, ui: wanted }: Inputs): Readonly<Record<string, Plain>> {
  if (expose === "LoadBalancer") return { ui: { enabled: true, serviceType: "LoadBalancer", activeVaultPodOnly: true } };
  return wanted ? { ui: { enabled: true, activeVaultPodOnly: true } } : {};
}

function ingress({ insecureNoTls, ingressHost, ingressClass, ingressTlsSecret }: Inputs): Plain {
  const host = ingressHost ?? "";
  return {
    enabled: true,
    activeService: true,
    ...(!insecureNoTls && { annotations: { "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS" } }),
    hosts: [{ host, paths: [] }],
    ...(ingressClass !== undefined && { ingressClassName: ingressClass }),
    ...(ingressTlsSecret !== undefined && { tls: [{ secretName: ingressTlsSecret, hosts: [host] }] }),
  };
}
