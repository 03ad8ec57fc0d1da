import type { KubeObject, Readers, VaultAnswer } from "../../systems/world.ts";
import type { Ref } from "../../systems/removal.ts";
import { labelled } from "../../kubernetes/object.ts";
import { isObject } from "../../kubernetes/object-ref.ts";
import { owner, ownerLabel, ownershipOf } from "../../kubernetes/ownership.ts";
import { markedDescription, markedPolicy } from "./adopt.ts";

/** The world as it will be read once the marks are put: what a plan finds in it is what would really differ. Nothing is written. */
export function asIfAdopted(read: Readers, refs: readonly Ref[]): Readers {
  const get = async (path: string): Promise<VaultAnswer | undefined> => {
    const [answer, uid] = await Promise.all([read.vault.get(path), read.kube.clusterUid()]);
    if (answer === undefined) return undefined;
    return { ...answer, data: refs.reduce((data, ref) => asIfMarked(data, path, ref, uid), answer.data) };
  };
  const isTaken = (object: KubeObject): boolean => refs.some((ref) => ref.is === "object" && isObject(object, ref.object));
  return {
    ...read,
    get anew() {
      return asIfAdopted(read.anew, refs);
    },
    vault: { ...read.vault, get },
    kube: {
      ...read.kube,
      get: async (ref) => {
        const object = await read.kube.get(ref);
        return object !== undefined && isTaken(object) ? labelled(object) : object;
      },
    },
    helm: {
      ...read.helm,
      release: async (namespace, name) => {
        const release = await read.helm.release(namespace, name);
        const taken = refs.some((ref) => ref.is === "release" && ref.namespace === namespace && ref.name === name);
        return release === undefined || !taken ? release : { ...release, labels: { ...release.labels, [ownerLabel]: owner } };
      },
    },
  };
}

/** What Vault answers at a path once our mark is on what `ref` names. */
function asIfMarked(data: VaultAnswer["data"], path: string, ref: Ref, uid: string): VaultAnswer["data"] {
  if (ref.is === "auth mount" && path === "sys/auth") return withMark(data, `${ref.path}/`, uid);
  const { policy } = data;
  if (ref.is !== "policy" || path !== `sys/policies/acl/${ref.name}` || typeof policy !== "string") return data;
  return ownershipOf(policy, uid) === "foreign" ? { ...data, policy: markedPolicy(uid, policy) } : data;
}

function withMark(rows: VaultAnswer["data"], path: string, uid: string): VaultAnswer["data"] {
  const row = rows[path] as { readonly description?: string } | undefined;
  const before = row?.description ?? "";
  if (row === undefined || ownershipOf(before, uid) !== "foreign") return rows;
  return { ...rows, [path]: { ...row, description: markedDescription(uid, before) } };
}
