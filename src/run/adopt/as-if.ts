import type { KubeObject, Readers, VaultAnswer } from "../../systems/world.ts";
import { labelled } from "../../kubernetes/object.ts";
import { owner, ownerLabel, ownershipOf } from "../../kubernetes/ownership.ts";
import { markedDescription, markedPolicy } from "./adopt.ts";

export interface Adopted {
  readonly mount: string;
  readonly policy: string;
  /** Whether an object is one of those that are taken over. */
  readonly object: (object: KubeObject) => boolean;
  readonly releases: boolean;
}

/** The world as it will be read once the marks are put: what a plan finds in it is what would really differ. Nothing is written. */
export function asIfAdopted(read: Readers, adopted: Adopted): Readers {
  const get = async (path: string): Promise<VaultAnswer | undefined> => {
    const [answer, uid] = await Promise.all([read.vault.get(path), read.kube.clusterUid()]);
    if (answer === undefined) return undefined;
    if (path === "sys/auth") return { ...answer, data: withMark(answer.data, `${adopted.mount}/`, uid) };
    const { policy } = answer.data;
    if (path !== `sys/policies/acl/${adopted.policy}` || typeof policy !== "string" || ownershipOf(policy, uid) !== "foreign")
      return answer;
    return { ...answer, data: { ...answer.data, policy: markedPolicy(uid, policy) } };
  };
  return {
    ...read,
    vault: { ...read.vault, get },
    kube: {
      ...read.kube,
      get: async (ref) => {
        const object = await read.kube.get(ref);
        return object !== undefined && adopted.object(object) ? labelled(object) : object;
      },
    },
    helm: {
      ...read.helm,
      release: async (namespace, name) => {
        const release = await read.helm.release(namespace, name);
        return release === undefined || !adopted.releases ? release : { ...release, labels: { ...release.labels, [ownerLabel]: owner } };
      },
    },
  };
}

function withMark(rows: VaultAnswer["data"], path: string, uid: string): VaultAnswer["data"] {
  const row = rows[path] as { readonly description?: string } | undefined;
  const before = row?.description ?? "";
  if (row === undefined || ownershipOf(before, uid) !== "foreign") return rows;
  return { ...rows, [path]: { ...row, description: markedDescription(uid, before) } };
}
