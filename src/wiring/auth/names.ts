import { NotYet } from "../../core/errors.ts";
import type { RemovalState } from "../../core/removal.ts";
import { ownerLabel, owner, ownershipOf } from "../../kubernetes/ownership.ts";
import { ifAllowed } from "../../systems/allowed.ts";
import type { Readers } from "../../systems/world.ts";
import { clusterNamed, mounts, type Mount } from "../mounts.ts";
import { bindingName, mountOfBinding } from "../reviewer/binding-name.ts";

/** Under which mount a cluster is known to Vault besides `path`; undefined where no other one bears its mark. */
export const otherMountOf = (all: readonly Mount[], uid: string, path: string): string | undefined =>
  all.find((mount) => mount.path !== path && ownershipOf(mount.description, uid) === "ours")?.path;

/** The flags that name a cluster as its mount does. */
export function flagsFor(mount: string): string {
  const cluster = clusterNamed(mount);
  return `${cluster === undefined ? "" : `--cluster ${cluster}, or `}--auth-mount ${mount}`;
}

/**
 * Why nothing may be taken away under this name: nothing bears it, neither in Vault nor in the cluster, and something says that it is another
 * cluster's, or that this cluster has another one. Objects of Kubernetes bear no name: under a wrong one they would go.
 */
export async function wrongName(read: Readers, path: string): Promise<RemovalState | undefined> {
  const [all, uid, bound] = await Promise.all([mountsThere(read), read.kube.clusterUid(), boundMounts(read)]);
  const ownership = ownershipOf(all.find((mount) => mount.path === path)?.description ?? "", uid);
  if (ownership === "ours" || bound.includes(bindingName(path))) return undefined;
  const other = otherMountOf(all, uid, path) ?? bound.map(mountOfBinding).find((mount) => mount !== undefined);
  if (other !== undefined)
    return {
      kind: "conflict",
      reason: `This cluster (context ${read.kube.context}) is known as auth/${other}, and nothing of it bears the name auth/${path}`,
      fix: `Say the name that it has: ${flagsFor(other)}. Or is it another --context?`,
    };
  if (ownership !== "other-cluster") return undefined;
  return {
    kind: "conflict",
    reason: `auth/${path} belongs to another cluster than that of context ${read.kube.context}`,
    fix: "Say the --context of that cluster, or the name of this one with --cluster.",
  };
}

/** None where Vault cannot be asked: then the cluster alone tells. */
async function mountsThere(read: Readers): Promise<Mount[]> {
  try {
    return await mounts(read, "sys/auth");
  } catch (error) {
    if (error instanceof NotYet) return [];
    throw error;
  }
}

/** Names of our bindings, each of which bears that of its mount. */
const boundMounts = ({ kube }: Readers): Promise<string[]> =>
  ifAllowed(
    async () => {
      const kind = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" };
      const found = await kube.list({ ...kind, labelSelector: `${ownerLabel}=${owner}` });
      return found.map(({ metadata }) => metadata.name);
    },
    () => [],
  );
