import { at, text } from "../../core/values.ts";
import { releaseSet, type ReleasePlace } from "../../systems/vault-pods.ts";
import { secretText } from "../../systems/secret-data.ts";
import type { KubeObject, ReviewResult, Readers } from "../../systems/world.ts";
import { bindingName } from "../../wiring/reviewer/binding-name.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import { configuredAnnotation, configuredMark } from "../../wiring/reviewer/token.ts";
import { currentSecret } from "../../wiring/reviewer/token-secrets.ts";
import type { Asked, ConfigFact, MountFact, ReviewFact, ReviewerFact } from "../../consumers/diagnosis/evidence.ts";
import type { Account } from "../../consumers/diagnosis/login-plan.ts";
import { fact, valueOf, type Fact } from "../../core/fact.ts";

/** The reviewer as Kubernetes knows it, with its token, which leaves these functions only in a proof. */
export interface ReviewerSeen {
  readonly facts: ReviewerFact;
  readonly token: string | undefined;
  readonly clusterCa: string | undefined;
}

/** The Secret that holds its token; undefined where there is none. */
export const reviewerSecret = async (read: Readers, reviewer: Parameters<typeof currentSecret>[1]): Promise<KubeObject | undefined> =>
  read.kube.get(await currentSecret(read, reviewer));

export async function reviewerSeen(
  read: Readers,
  { reviewer: asked, mount: path, installNamespace }: Asked,
  release: string,
  mount: Fact<MountFact | undefined>,
): Promise<ReviewerSeen> {
  const reviewer = asked.isVaults ? { ...asked, ...(await accountOfPods(read, { namespace: installNamespace, release })) } : asked;
  const secretOf = () => reviewerSecret(read, { namespace: reviewer.namespace, serviceAccount: reviewer.name });
  const [account, secret, binding, mayReview] = await Promise.all([
    fact(async () => {
      const found = await read.kube.get({ apiVersion: "v1", kind: "ServiceAccount", namespace: reviewer.namespace, name: reviewer.name });
      return found && { ours: isOurs(found) };
    }),
    fact(secretOf),
    fact(
      async () =>
        (await read.kube.get({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", name: bindingName(path) })) !==
        undefined,
    ),
    fact(() => read.kube.mayAccount(reviewer, { verb: "create", group: "authentication.k8s.io", resource: "tokenreviews" })),
  ]);
  const token = secretText(valueOf(secret), "token");
  const facts: ReviewerFact = {
    account,
    binding,
    mayReview,
    secretName: (await currentSecret(read, { namespace: reviewer.namespace, serviceAccount: reviewer.name })).name,
    secret: "value" in secret ? { value: secretFact(secret.value, token, valueOf(mount)) } : secret,
  };
  return { facts, token, clusterCa: secretText(valueOf(secret), "ca.crt") };
}

/** The account of Vault's pods, where they are in this cluster. */
async function accountOfPods({ kube }: Readers, place: ReleasePlace): Promise<Partial<Account>> {
  const set = valueOf(await fact(() => releaseSet(kube, place)));
  const name = text(at(set?.["spec"], "template", "spec", "serviceAccountName"));
  return name === undefined ? {} : { name };
}

function secretFact(secret: KubeObject | undefined, token: string | undefined, mount: MountFact | undefined) {
  if (secret === undefined) return undefined;
  const mark = secret.metadata.annotations?.[configuredAnnotation];
  const comparable = mark !== undefined && token !== undefined && mount !== undefined;
  return { filled: token !== undefined, given: comparable ? mark === configuredMark(token, mount.accessor) : undefined };
}

/** The cluster's own CA, as every namespace has it since Kubernetes 1.21. */
export async function clusterCa({ kube }: Readers, { namespace }: Account): Promise<string | undefined> {
  const found = await kube.get({ apiVersion: "v1", kind: "ConfigMap", name: "kube-root-ca.crt", namespace });
  return ((found?.["data"] ?? {}) as Readonly<Record<string, string>>)["ca.crt"];
}

export interface ReviewQuestion {
  readonly config: ConfigFact;
  readonly reviewerToken: string;
  /** The token that logs in. */
  readonly token: string;
  readonly audiences: readonly string[];
  readonly clusterCa: string | undefined;
}

/**
 * A TokenReview from here with the host and the CA that Vault's config holds. It is a handshake of its own: a login can go over a connection
 * that Vault opened before the config was changed.
 */
export async function reviewFact(
  read: Readers,
  { config, reviewerToken, token, audiences, clusterCa }: ReviewQuestion,
): Promise<ReviewFact> {
  const host = config.host;
  const ca = config.ca === "" ? (clusterCa ?? "") : config.ca;
  const dialled = isInner(host) ? (read.vaultKube ?? read.kube).server : undefined;
  const result = await review(read, { host, ca, reviewerToken, token, audiences, connectTo: dialled });
  return { host, dialled, caIsClusters: clusterCa !== undefined && sameCertificates(ca, clusterCa), result };
}

async function review(read: Readers, question: Parameters<Readers["proofs"]["review"]>[0]): Promise<ReviewResult> {
  if (!URL.canParse(question.host.includes("://") ? question.host : `https://${question.host}`))
    return { kind: "unreachable", reason: `"${question.host}" is not an address` };
  return read.proofs.review(question);
}

/** A name that only DNS inside a cluster knows. */
function isInner(host: string): boolean {
  const name = URL.canParse(host) ? new URL(host).hostname : host;
  return /\.svc(\.|$)/.test(name) || /^kubernetes(\.default)?$/.test(name);
}

/** Whether two PEM texts hold a certificate in common. */
export function sameCertificates(one: string, other: string): boolean {
  const certificates = (pem: string) =>
    (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map((block) => block.replace(/\s+/g, ""));
  const known = new Set(certificates(other));
  return certificates(one).some((block) => known.has(block));
}
