import type { KubeObject, KubeReader } from "../../../systems/world.ts";
import { CliError } from "../../../core/errors.ts";
import { table } from "../../../config/keys.ts";
import { certManager as apiVersion } from "../../../vault/tls/issued-certificate.ts";
import { kinds } from "../../../errors.ts";

/** What is in a cluster already, as far as the user may see it. */
export interface Found {
  readonly version: string;
  readonly nodes: number;
  readonly storageClasses: readonly { readonly name: string; readonly standard: boolean }[];
  readonly ingressClasses: readonly string[];
  readonly vaults: readonly { readonly namespace: string; readonly release: string; readonly pods: number }[];
  readonly operators: readonly { readonly kind: "eso" | "kes"; readonly namespace: string; readonly serviceAccount: string }[];
  readonly namespaces: readonly string[];
  readonly certManager: boolean;
  /** Issuers of cert-manager that Vault could have its certificate from, as --tls-issuer names them. */
  readonly issuers: readonly string[];
  /** What could not be looked at. */
  readonly unseen: readonly string[];
}

/** Looks at a cluster; all at once, and reads only. @throws CliError where the API server cannot be asked at all. */
export async function lookAt(kube: KubeReader): Promise<Found> {
  const unseen: string[] = [];
  const list = async (apiVersion: string, kind: string, labelSelector?: string): Promise<KubeObject[]> =>
    ifSeen(unseen, kind, () => kube.list({ apiVersion, kind, labelSelector }));
  const [{ version }, nodes, storage, ingress, pods, eso, kes, namespaces, certManager] = await Promise.all([
    kube.serverFacts(),
    list("v1", "Node"),
    list("storage.k8s.io/v1", "StorageClass"),
    list("networking.k8s.io/v1", "IngressClass"),
    list("v1", "Pod", "app.kubernetes.io/name in (vault,openbao),component=server"),
    list("apps/v1", "Deployment", "app.kubernetes.io/name=external-secrets"),
    list("apps/v1", "Deployment", "app.kubernetes.io/name=kubernetes-external-secrets"),
    list("v1", "Namespace"),
    kube
      .get({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name: "certificates.cert-manager.io" })
      .catch(hidden),
  ]);
  const issuers = (certManager === undefined ? [] : ["ClusterIssuer", "Issuer"]).map((kind) => list(apiVersion, kind));
  return {
    version,
    nodes: nodes.filter(takesPods).length,
    storageClasses: storage.map((one) => ({ name: one.metadata.name, standard: isStandard(one) })),
    ingressClasses: ingress.map(({ metadata }) => metadata.name),
    vaults: vaultsIn(pods),
    operators: [...eso.map((one) => operatorIn("eso", one)), ...kes.map((one) => operatorIn("kes", one))],
    namespaces: namespaces.map(({ metadata }) => metadata.name),
    certManager: certManager !== undefined,
    issuers: (await Promise.all(issuers)).flat().flatMap(issuerName),
    unseen,
  };
}

async function ifSeen(unseen: string[], kind: string, ask: () => Promise<KubeObject[]>): Promise<KubeObject[]> {
  try {
    return await ask();
  } catch (error) {
    hidden(error);
    unseen.push(kind);
    return [];
  }
}

function hidden(error: unknown): undefined {
  if (error instanceof CliError && (error.kind === kinds.kubeForbidden || error.kind === kinds.notServed)) return undefined;
  throw error;
}

/** As --tls-issuer names it; an Issuer of another namespace than Vault's signs nothing for it. */
function issuerName({ kind, metadata: { name, namespace } }: KubeObject): string[] {
  if (kind === "ClusterIssuer") return [`ClusterIssuer/${name}`];
  return namespace === table.installNamespace.default ? [name] : [];
}

const isStandard = ({ metadata: { annotations = {} } }: KubeObject): boolean =>
  annotations["storageclass.kubernetes.io/is-default-class"] === "true";

function takesPods(node: KubeObject): boolean {
  const { unschedulable, taints = [] } = (node["spec"] ?? {}) as { unschedulable?: boolean; taints?: { effect: string }[] };
  return unschedulable !== true && !taints.some(({ effect }) => effect !== "PreferNoSchedule");
}

function vaultsIn(pods: readonly KubeObject[]): Found["vaults"] {
  const found = new Map<string, { namespace: string; release: string; pods: number }>();
  for (const { metadata } of pods) {
    const place = { namespace: metadata.namespace ?? "", release: metadata.labels?.["app.kubernetes.io/instance"] ?? "vault" };
    const key = `${place.namespace}/${place.release}`;
    found.set(key, { ...place, pods: (found.get(key)?.pods ?? 0) + 1 });
  }
  return [...found.values()];
}

function operatorIn(kind: "eso" | "kes", deployment: KubeObject): Found["operators"][number] {
  const { template } = (deployment["spec"] ?? {}) as { template?: { spec?: { serviceAccountName?: string } } };
  return { kind, namespace: deployment.metadata.namespace ?? "", serviceAccount: template?.spec?.serviceAccountName ?? "default" };
}

/** What was found, in a few lines. */
export function foundLines(found: Found): string[] {
  const or = (words: readonly string[], none: string): string => (words.length === 0 ? none : words.join(", "));
  const classes = found.storageClasses.map(({ name, standard }) => (standard ? `${name} (default)` : name));
  const vaults = found.vaults.map(
    ({ namespace, release, pods }) => `release ${release} in namespace ${namespace}, ${pods} pod${pods === 1 ? "" : "s"}`,
  );
  const operators = found.operators.map(
    ({ kind, namespace }) => `${kind === "eso" ? "External Secrets" : "kubernetes-external-secrets"} in namespace ${namespace}`,
  );
  return [
    `Kubernetes ${found.version}, ${found.nodes} node${found.nodes === 1 ? "" : "s"} for pods`,
    `Vault: ${or(vaults, "none")}`,
    `Operator: ${or(operators, "none")}`,
    `Storage classes: ${or(classes, "none")}`,
    `Ingress classes: ${or(found.ingressClasses, "none")}; cert-manager: ${found.certManager ? or(found.issuers, "yes, without an issuer for Vault") : "none"}`,
    ...(found.unseen.length === 0 ? [] : [`You may not look at: ${found.unseen.join(", ")}`]),
  ];
}
