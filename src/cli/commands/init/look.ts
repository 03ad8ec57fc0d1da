import type { KubeReader } from "../../../systems/world.ts";
import { table } from "../../../config/keys.ts";
import { kindOf } from "../../../consumers/kinds.ts";
import { operatorsThere, type OperatorThere } from "../../../consumers/facts/there.ts";
import {
  hasCertManager,
  ingressClasses,
  issuersOf,
  namespaces,
  nodesForPods,
  storageClasses,
  vaultsThere,
  type VaultThere,
} from "../../../doctor/facts/cluster.ts";
import { inCluster, type InCluster } from "../../../doctor/facts/in-cluster.ts";
import { loginsOf } from "../../found/consumer.ts";
import { ifSeen } from "../../../systems/allowed.ts";

/** What is in a cluster already, as far as the user may see it. */
export interface Found {
  readonly version: string;
  readonly nodes: number;
  readonly storageClasses: readonly { readonly name: string; readonly standard: boolean }[];
  readonly ingressClasses: readonly string[];
  readonly vaults: readonly VaultThere[];
  readonly operators: readonly OperatorThere[];
  readonly namespaces: readonly string[];
  readonly certManager: boolean;
  /** Issuers of cert-manager that Vault could have its certificate from, as --tls-issuer names them. */
  readonly issuers: readonly string[];
  /** What is wired to a Vault, whoever did it. */
  readonly wiring: InCluster;
  /** What could not be looked at. */
  readonly unseen: readonly string[];
}

/** Looks at a cluster; all at once, and reads only. @throws CliError where the API server cannot be asked at all. */
export async function lookAt(kube: KubeReader): Promise<Found> {
  const unseen: string[] = [];
  const seen = <T>(kind: string, ask: () => Promise<T[]>): Promise<T[]> => ifSeen(ask, () => (unseen.push(kind), []));
  const [{ version }, nodes, classes, ingress, vaults, operators, spaces, certManager, wiring] = await Promise.all([
    kube.serverFacts(),
    seen("Node", async () => [await nodesForPods(kube)]),
    seen("StorageClass", () => storageClasses(kube)),
    seen("IngressClass", () => ingressClasses(kube)),
    seen("Pod", () => vaultsThere(kube)),
    seen("Deployment", () => operatorsThere(kube)),
    seen("Namespace", () => namespaces(kube)),
    hasCertManager(kube),
    inCluster(kube),
  ]);
  const issuers = (certManager ? (["ClusterIssuer", "Issuer"] as const) : []).map((kind) =>
    seen(kind, () => issuersOf(kube, kind, String(table.installNamespace.default))),
  );
  return {
    version,
    nodes: nodes[0] ?? 0,
    storageClasses: classes,
    ingressClasses: ingress,
    vaults,
    operators,
    namespaces: spaces,
    certManager,
    wiring,
    issuers: (await Promise.all(issuers)).flat(),
    unseen,
  };
}

/** What was found, in a few lines. */
export function foundLines(found: Found): string[] {
  const or = (words: readonly string[], none: string): string => (words.length === 0 ? none : words.join(", "));
  const classes = found.storageClasses.map(({ name, standard }) => (standard ? `${name} (default)` : name));
  const vaults = found.vaults.map(
    ({ namespace, release, pods }) => `release ${release} in namespace ${namespace}, ${pods} pod${pods === 1 ? "" : "s"}`,
  );
  const operators = found.operators.map((one) => `${kindOf(one).words.shortTitle} in namespace ${one.namespace}`);
  return [
    `Kubernetes ${found.version}, ${found.nodes} node${found.nodes === 1 ? "" : "s"} for pods`,
    `Vault: ${or(vaults, "none")}`,
    `Operator: ${or(operators, "none")}`,
    `Storage classes: ${or(classes, "none")}`,
    `Ingress classes: ${or(found.ingressClasses, "none")}; cert-manager: ${found.certManager ? or(found.issuers, "yes, without an issuer for Vault") : "none"}`,
    ...loginLines(found),
    ...(found.unseen.length === 0 ? [] : [`You may not look at: ${found.unseen.join(", ")}`]),
  ];
}

/** Where objects of operators log in already. */
function loginLines({ wiring }: Found): string[] {
  const logins = wiring.wired.flatMap(loginsOf);
  const mounts = [...new Set(logins.map(({ mount }) => mount))];
  const shown = mounts.map((mount) => `auth/${mount} (${logins.find((one) => one.mount === mount)?.by})`);
  return shown.length === 0 ? [] : [`Logs in to a Vault already: ${shown.join(", ")}`];
}
