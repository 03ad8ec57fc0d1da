import type { Plain } from "../../core/compare.ts";
import type { InstallSpec } from "../../config/spec/install.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import type { HelmRelease, Readers } from "../../systems/world.ts";
import { auditStorage } from "../audit/storage.ts";
import { helmRelease, type ReleaseSpec } from "../../kubernetes/helm/release.ts";
import { onObject } from "../../systems/need.ts";
import { unlessForeign } from "../foreign.ts";
import { fits } from "./fits.ts";
import { tlsFolder } from "./tls-folder.ts";
import { podAddress, vaultValues } from "./values.ts";
import { fewerPods } from "./fewer-pods.ts";
import { otherNotices } from "./other-settings.ts";
import { earlierNotices } from "../nodes/earlier.ts";
import { goesForOthers } from "./reachable.ts";
import { plainIngress } from "./plain-ingress.ts";
import { podsAtOnce } from "./pods-at-once.ts";
import { raftNodeIds } from "./raft-node-ids.ts";
import { podsRun, vaultPods, waitForPods, waitForPodsCommand } from "../pods.ts";
import { toFindAddress } from "../../systems/reach.ts";
import { tellsCa } from "../tls/tells-ca.ts";
import { waitForBalancers } from "../tls/balancers.ts";
import { chartName } from "../names.ts";
import { vaultFullname } from "../charts.ts";
import { otherSet } from "./other-set.ts";
import { defineStep } from "../../systems/step.ts";
import { volumesRemoval } from "./volumes-removal.ts";
import { tlsSecretName } from "../tls/step.ts";

/** Vault, highly available on integrated storage, by Helm. */
export const install = defineStep({
  id: "install",
  title: "Install Vault",
  resources: ({ vault, wiring, run }) => {
    const { install: wanted } = vault;
    const release: ReleaseSpec = {
      namespace: wanted.namespace,
      name: wanted.release,
      chart: wanted.chart,
      values: vaultValues(vault),
      lateValues: (read, found) => lateValues(read, vault, found),
      valuesFiles: wanted.valuesFiles,
      sets: wanted.sets,
      alsoNeeds: (read) => [
        ...onObject({ apiVersion: "v1", kind: "Pod", namespace: wanted.namespace }, ["list"]),
        // Where people find it is told at the end.
        ...toFindAddress(read, wanted.namespace),
      ],
      waits: false,
      strict: strictPods,
      elsewhere: (read) => foundPods(read, wanted),
      wrong: (objects) => {
        fits(vault, objects);
        return plainIngress(vault, objects);
      },
      refuses: async (read, objects) =>
        (await otherSet(read, wanted, objects)) ?? goesForOthers(read, { ...wanted, authMount: wiring.authMount }, objects),
      isUp: (read) => podsRun(read, wanted),
      waitUntilUp: async (write, say) => {
        await waitForPods(write, wanted, run.timeoutMs, say);
        // Its address goes into the certificate.
        if (wanted.expose === "LoadBalancer") await waitForBalancers(write, wanted, run.timeoutMs, say);
      },
      waitCommand: ({ kube }) => waitForPodsCommand(wanted, kube.context, run.timeoutMs / 1000),
      removal: { stays: (read, { vaultStays }) => vaultStays(read) },
    };
    return [unlessForeign(fewerPods(release, run.timeoutMs), wanted), helmRelease(release)];
  },
  noticesAfter: async ({ vault }, read) => [
    ...(await earlierNotices(read, vault.install, 2_000)),
    ...(await otherNotices(read, vault, true)),
  ],
  removals: ({ vault }, policy) => [volumesRemoval(vault.install, policy)],
});

/** The chart's own contexts, which a value replaces whole, with what the level `restricted` asks for besides. */
const strictPods = `Put this into a values file, and pass it with --values: ${JSON.stringify({
  server: {
    statefulSet: {
      securityContext: {
        pod: { runAsNonRoot: true, runAsUser: 100, runAsGroup: 1000, fsGroup: 1000, seccompProfile: { type: "RuntimeDefault" } },
        container: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    },
  },
})}`;

async function foundPods(read: Readers, install: InstallSpec): Promise<string | undefined> {
  const pods = await vaultPods(read.kube, install);
  return pods.length === 0 ? undefined : `${pods.length} Vault pods are there, not installed by helm`;
}

/** What rests on the world as it is: a volume for the audit file, names of the pods in Raft, and whom the pods are told to trust. */
async function lateValues(read: Readers, vault: VaultSpec, found: HelmRelease | undefined): Promise<Readonly<Record<string, Plain>>> {
  const parts = [
    podsAtOnce(vault.install, found),
    auditStorage(vault, found),
    raftNodeIds(found),
    await trust(read, vault),
    await apiAddress(read, vault),
  ];
  return { server: Object.assign({}, ...parts) as Plain };
}

/** Where the chart calls its objects otherwise than by its rule. */
async function apiAddress(read: Readers, { install, tls }: VaultSpec): Promise<Readonly<Record<string, Plain>>> {
  const name = tls.enabled ? await chartName(read, install) : vaultFullname(install);
  return name === vaultFullname(install) ? {} : { ha: { apiAddr: podAddress(install, name) } };
}

// A Secret that we did not make may hold no CA; the pods are told to trust only what is there.
async function trust(read: Readers, vault: VaultSpec): Promise<Readonly<Record<string, Plain>>> {
  const { enabled, certificate } = vault.tls;
  if (!enabled || certificate.kind === "own") return {};
  // cert-manager will have made it by then, and what it makes for names of the inside of a cluster tells its CA.
  const given = (await tellsCa(read, vault.install.namespace, tlsSecretName(vault))) ?? certificate.kind === "issued";
  return given ? { extraEnvironmentVars: { VAULT_CACERT: `${tlsFolder}/ca.crt` } } : {};
}
