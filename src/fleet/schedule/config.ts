import { parseDocument } from "yaml";
import type { FleetCluster } from "../inventory/inventory.ts";

/** How a pod reaches the fleet's Vault. */
export interface PodsVault {
  readonly address: string;
  readonly login: string;
  readonly namespace: string | undefined;
  /** PEM, kept beside the file. */
  readonly ca: string | undefined;
}

/** What of a file means something on the machine where it was written alone. */
const ofMachine = ["context", "helm"];
const ofMachinesVault = ["context", "tokenFile", "caCert"];

/**
 * A vault-k8s.yaml for the pod: what it says of settings stays; the clusters are named one by one, with their names in Vault, and nothing leads
 * to a context or a file of the machine that it was written on.
 */
export function podsConfig(text: string, clusters: readonly FleetCluster[], vault: PodsVault): Readonly<Record<string, string>> {
  const document = parseDocument(text);
  for (const key of ofMachine) document.delete(key);
  for (const key of ofMachinesVault) document.deleteIn(["vault", key]);
  const wanted = {
    addr: vault.address,
    login: vault.login,
    namespace: vault.namespace,
    caCert: vault.ca === undefined ? undefined : "ca.crt",
  };
  for (const [key, value] of Object.entries(wanted)) if (value !== undefined) document.setIn(["vault", key], value);
  document.setIn(["fleet", "sources"], document.createNode([{ named: named(clusters) }]));
  document.setIn(["fleet", "names"], document.createNode(Object.fromEntries(clusters.map(({ called, name }) => [called, name]))));
  return { "vault-k8s.yaml": document.toString({ lineWidth: 0 }), ...(vault.ca !== undefined && { "ca.crt": vault.ca }) };
}

function named(clusters: readonly FleetCluster[]): object {
  const objects = clusters.flatMap(({ reach }) => (reach.kind === "held" ? [reach.object] : []));
  return {
    argocd: objects.flatMap((one) => (one.form === "argocd" ? [one.secret] : [])),
    kubeconfigs: objects.flatMap((one) => (one.form === "kubeconfig" ? [{ secret: one.secret, key: one.key }] : [])),
  };
}

/** The Secret that describes a cluster, NAMESPACE/NAME; undefined for what a pod cannot read. */
export const secretOf = ({ reach }: FleetCluster): string | undefined =>
  reach.kind === "held" && reach.object.form !== "profile" ? reach.object.secret : undefined;
