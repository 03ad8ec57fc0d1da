import { milliseconds, seconds } from "../core/duration.ts";
import type { Plain } from "../core/compare.ts";
import type { Settings } from "../config/fields.ts";
import type { Readers } from "../clients/world.ts";
import { auditStorage } from "../resources/audit-storage.ts";
import { helmRelease } from "../resources/helm-release.ts";
import { namespace } from "../resources/namespace.ts";
import { onObject } from "../resources/needs.ts";
import { podsRun, vaultPods, waitForPods, waitForPodsCommand } from "../resources/vault-pods.ts";
import { toFindAddress } from "../resources/vault-reach.ts";
import { defineStep } from "./define.ts";

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
      namespace(settings.installNamespace),
      helmRelease({
        namespace: settings.installNamespace,
        name: settings.release,
        chart: { chart: settings.chart, repo: settings.chartRepo, version: settings.chartVersion },
        values: vaultValues(settings),
        lateValues: async (_read, found) => auditStorage(settings, found),
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
        waitUntilUp: (write, say) => waitForPods(write, wanted, milliseconds(settings.timeout), say),
        waitCommand: (context) => waitForPodsCommand(wanted, context, seconds(settings.timeout)),
      }),
    ];
  },
});

async function foundPods(read: Readers, { installNamespace, release }: Inputs): Promise<string | undefined> {
  const pods = await vaultPods(read.kube, { namespace: installNamespace, release });
  return pods.length === 0 ? undefined : `${pods.length} Vault pods are there, not installed by helm`;
}

/** Only values that HashiCorp's chart knows. Documented in its values.yaml. */
function vaultValues(settings: Inputs): Readonly<Record<string, Plain | undefined>> {
  return {
    injector: { enabled: false },
    server: {
      ...(settings.imageTag !== undefined && { image: { tag: settings.imageTag } }),
      ...(!settings.antiAffinity && { affinity: "" }),
      dataStorage: { size: settings.storageSize, ...(settings.storageClass !== undefined && { storageClass: settings.storageClass }) },
      ha: { enabled: true, replicas: settings.replicas, raft: { enabled: true, setNodeId: true } },
      ...(settings.expose === "Ingress" && { ingress: ingress(settings) }),
    },
    ...ui(settings),
  };
}

// One load balancer that reaches the active pod only: server.service.type would make three, and one of them sends to sealed pods.
function ui({ expose, ui: wanted }: Inputs): Readonly<Record<string, Plain>> {
  if (expose === "LoadBalancer") return { ui: { enabled: true, serviceType: "LoadBalancer", activeVaultPodOnly: true } };
  return wanted ? { ui: { enabled: true, activeVaultPodOnly: true } } : {};
}

function ingress({ ingressHost, ingressClass, ingressTlsSecret }: Inputs): Plain {
  const host = ingressHost ?? "";
  return {
    enabled: true,
    activeService: true,
    hosts: [{ host, paths: [] }],
    ...(ingressClass !== undefined && { ingressClassName: ingressClass }),
    ...(ingressTlsSecret !== undefined && { tls: [{ secretName: ingressTlsSecret, hosts: [host] }] }),
  };
}
