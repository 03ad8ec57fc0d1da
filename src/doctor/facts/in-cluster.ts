import { at, list, text } from "../../core/values.ts";
import { wiredThere, type Wired } from "../../consumers/facts/wired.ts";
import type { Account } from "../../consumers/diagnosis/login-plan.ts";
import { ifSeen } from "../../systems/allowed.ts";
import type { KubeObject, KubeReader } from "../../systems/world.ts";
import { releasePods } from "../../systems/vault-pods.ts";
import { vaultsThere, type VaultThere } from "./cluster.ts";

/** What of a wiring is in a cluster, whoever made it. */
export interface InCluster {
  readonly vaults: readonly VaultHere[];
  readonly wired: readonly Wired[];
  /** Accounts that may have tokens reviewed. */
  readonly reviewers: readonly ReviewerThere[];
  /** Kinds that may not be listed: of these nothing is known. */
  readonly unseen: readonly string[];
}

/** A Vault in the cluster. */
interface VaultHere extends VaultThere {
  /** The StatefulSet of its pods; undefined where there is none. */
  readonly set: KubeObject | undefined;
}

/** An account that a binding gives system:auth-delegator. */
export interface ReviewerThere extends Account {
  /** The binding. */
  readonly by: string;
  /** A Secret with a token of it that does not end; undefined where there is none. */
  readonly tokenSecret: string | undefined;
}

/** Looks at all of it at once. */
export async function inCluster(kube: KubeReader): Promise<InCluster> {
  const unseen = new Set<string>();
  const not = (kind: string): void => void unseen.add(kind);
  const [vaults, wired, reviewers] = await Promise.all([
    ifSeen(
      () => vaultsHere(kube),
      () => (not("Pod"), []),
    ),
    wiredThere(kube, not),
    reviewersThere(kube, not),
  ]);
  return { vaults, wired, reviewers, unseen: [...unseen].sort() };
}

const vaultsHere = async (kube: KubeReader): Promise<VaultHere[]> =>
  Promise.all((await vaultsThere(kube)).map(async (vault) => ({ ...vault, set: (await releasePods(kube, vault)).set })));

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#other-component-roles */
async function reviewersThere(kube: KubeReader, unseen: (kind: string) => void): Promise<ReviewerThere[]> {
  const bindings = await ifSeen(
    () => kube.list({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" }),
    () => (unseen("ClusterRoleBinding"), []),
  );
  const accounts = new Map(bindings.filter(delegates).flatMap(accountsOf));
  const namespaces = [...new Set([...accounts.values()].map(({ namespace }) => namespace))];
  const secrets = (await Promise.all(namespaces.map((namespace) => tokenSecrets(kube, namespace, unseen)))).flat();
  return [...accounts.values()].map((one) => ({ ...one, tokenSecret: secrets.find((secret) => isOf(secret, one))?.metadata.name }));
}

const delegates = ({ roleRef }: KubeObject): boolean => at(roleRef, "name") === "system:auth-delegator";

const accountsOf = ({ subjects, metadata }: KubeObject): [string, Account & { readonly by: string }][] =>
  list(subjects).flatMap((subject) => {
    const [kind, name, namespace] = ["kind", "name", "namespace"].map((field) => text(at(subject, field)));
    if (kind !== "ServiceAccount" || name === undefined || namespace === undefined) return [];
    return [[`${namespace}/${name}`, { namespace, name, by: metadata.name }]];
  });

/** Secrets of a namespace that hold a token of an account: https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets */
const tokenSecrets = (kube: KubeReader, namespace: string, unseen: (kind: string) => void): Promise<KubeObject[]> =>
  ifSeen(
    () => kube.list({ apiVersion: "v1", kind: "Secret", namespace, fieldSelector: "type=kubernetes.io/service-account-token" }),
    () => (unseen(`Secret of namespace ${namespace}`), []),
  );

const isOf = ({ metadata }: KubeObject, { namespace, name }: Account): boolean =>
  metadata.namespace === namespace && metadata.annotations?.["kubernetes.io/service-account.name"] === name;
