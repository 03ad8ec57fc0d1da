import type { Holder } from "../core/holder.ts";
import { isHolder } from "../core/holder-shape.ts";
import type { KubeObject, ObjectRef } from "../systems/world.ts";
import { labelled } from "./object.ts";

/** What a lock is about: a release of Vault in a namespace, or, without a release, the wiring of the cluster, in the reviewer's namespace. */
export interface LeaseOf {
  readonly namespace: string;
  readonly release?: string | undefined;
}

/** The same for people. */
export const subjectOf = ({ namespace, release }: LeaseOf): string =>
  release === undefined ? `the cluster's place in Vault (namespace ${namespace})` : `Vault in namespace ${namespace}`;

/** What a Lease says, https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** The process that holds it, for whoever looks on the same machine. */
const annotation = "vault-k8s.io/holder";

export const leaseRef = ({ namespace, release }: LeaseOf): ObjectRef => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  namespace,
  name: release === undefined ? "vault-k8s" : `vault-k8s-${release}`,
});

export const specOf = (lease: KubeObject): LeaseSpec => (lease["spec"] ?? {}) as LeaseSpec;

/** As the Lease names a holder: user@host, and the nonce that tells two runs of one person apart. */
export const identityOf = ({ user, host, nonce }: Holder): string => `${user}@${host} ${nonce}`;

export const isHeldBy = (lease: KubeObject, holder: Holder): boolean => specOf(lease).holderIdentity === identityOf(holder);

/** A new Lease, or one that was read and is taken over: with the version that was read. */
export function leaseFor(of: LeaseOf, holder: Holder, seconds: number, before?: KubeObject): KubeObject {
  const { apiVersion, kind, ...place } = leaseRef(of);
  const { uid, resourceVersion } = before?.metadata ?? {};
  const now = microTime();
  return labelled({
    apiVersion,
    kind,
    metadata: {
      ...place,
      namespace: of.namespace,
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      annotations: { [annotation]: JSON.stringify(holder) },
    },
    spec: {
      holderIdentity: identityOf(holder),
      leaseDurationSeconds: seconds,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: before === undefined ? 0 : (specOf(before).leaseTransitions ?? 0) + 1,
    },
  });
}

/** The same Lease, held from now on for as long again. */
export const renewed = (lease: KubeObject): KubeObject => ({ ...lease, spec: { ...specOf(lease), renewTime: microTime() } });

/** API servers take six digits and no others: metav1.MicroTime. */
const microTime = (): string => new Date().toISOString().replace("Z", "000Z");

/** The process that left a Lease, where the Lease says it and the annotation is of the same holder. */
export function holderOf(lease: KubeObject): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(lease.metadata.annotations?.[annotation] ?? "");
    return isHolder(holder) && isHeldBy(lease, holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}
