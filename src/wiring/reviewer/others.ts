import { NotYet } from "../../core/errors.ts";
import type { WiringSpec } from "../../config/spec/wiring.ts";
import { holdsKeys } from "../../kubernetes/custody-secret.ts";
import { ownershipOf } from "../../kubernetes/ownership.ts";
import type { RemovalPolicy } from "../../systems/removal.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { unlessRefused } from "../in-vault.ts";
import { mounts } from "../mounts.ts";
import { bindingName } from "./binding-name.ts";
import { currentSecret } from "./token-secrets.ts";

type Reviewing = Pick<WiringSpec, "authMount" | "reviewer">;

/**
 * Why the reviewer's account has to stay: another mount of this cluster has its token, or may have, or somebody gave the account a role.
 * What the mounts have cannot be read back; the binding that bears a mount's name tells whose token it was given.
 */
export const accountNeeded = (read: Readers, of: Reviewing, policy: RemovalPolicy): Promise<string | undefined> =>
  unlessRefused("who else uses it", async () => {
    const [bindings, others, token] = await Promise.all([
      clusterBindings(read),
      otherMounts(read, of, policy),
      currentSecret(read, of.reviewer).then((ref) => read.kube.get(ref)),
    ]);
    if (typeof others === "string") return others;
    // Kubernetes deletes the Secret with the account.
    if (token !== undefined && holdsKeys(token)) return "the Secret of its token holds unseal keys";
    const shared = sharing(bindings, others, of);
    if (shared.length > 0) return usedBy(shared);
    const known = [of.authMount, ...others].map(bindingName);
    const more = bindings.find((binding) => binds(binding, of) && !known.includes(binding.metadata.name));
    return more === undefined ? undefined : `ClusterRoleBinding ${more.metadata.name} gives it a role`;
  });

/** Other mounts of this cluster that have the reviewer's token, or may have it. */
export async function tokenSharedWith(read: Readers, of: Reviewing): Promise<readonly string[]> {
  const [bindings, others] = await Promise.all([clusterBindings(read), mountsBut(read, of)]);
  return sharing(bindings, others, of);
}

/** Those of the mounts without a binding of their own, or with one for the same account. */
const sharing = (bindings: readonly KubeObject[], paths: readonly string[], of: Reviewing): string[] =>
  paths.filter((path) => {
    const own = bindings.find(({ metadata }) => metadata.name === bindingName(path));
    return own === undefined || binds(own, of);
  });

/** Why our binding has to stay: another mount of this cluster has none of its own, and so may rest on it. */
export const bindingNeeded = (read: Readers, of: Reviewing, policy: RemovalPolicy): Promise<string | undefined> =>
  unlessRefused("who else uses it", async () => {
    const [bindings, others] = await Promise.all([clusterBindings(read), otherMounts(read, of, policy)]);
    if (typeof others === "string") return others;
    const without = others.filter((path) => !bindings.some(({ metadata }) => metadata.name === bindingName(path)));
    return without.length === 0 ? undefined : usedBy(without);
  });

const usedBy = (paths: readonly string[]): string =>
  `${paths.map((path) => `auth/${path}`).join(", ")} of this cluster may review with it: tear that down first`;

const clusterBindings = ({ kube }: Readers): Promise<KubeObject[]> =>
  kube.list({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" });

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const binds = ({ subjects }: KubeObject, { reviewer }: Reviewing): boolean =>
  ((subjects ?? []) as readonly Subject[]).some(
    ({ kind, name, namespace }) => kind === "ServiceAccount" && name === reviewer.serviceAccount && namespace === reviewer.namespace,
  );

/** Mounts of this cluster but ours; a text says why they cannot be known. */
async function otherMounts(read: Readers, of: Reviewing, { inSilentVault }: RemovalPolicy): Promise<string[] | string> {
  try {
    return await mountsBut(read, of);
  } catch (error) {
    if (!(error instanceof NotYet)) throw error;
    const state = await inSilentVault(read, error);
    return state.kind === "stays" ? `who else uses it cannot be asked: ${state.reason}` : [];
  }
}

async function mountsBut(read: Readers, { authMount }: Reviewing): Promise<string[]> {
  const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
  return all.filter(({ path, description }) => path !== authMount && ownershipOf(description, uid) === "ours").map(({ path }) => path);
}
