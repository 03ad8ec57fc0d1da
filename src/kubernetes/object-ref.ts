import type { KindVersion } from "../systems/removal.ts";
import type { KubeObject, ObjectRef, Readers } from "../systems/world.ts";

/** "kubernetes ServiceAccount vault-k8s/vault-reviewer" */
export function objectId({ kind, namespace, name }: ObjectRef): string {
  return `kubernetes ${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** Which object, without what is in it. */
export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, namespace };
}

/** The same in the version of its kind that is served here; as it stands where nothing is asked, or its kind is not there. */
export const servedRef = async (read: Readers, ref: ObjectRef, version: KindVersion | undefined): Promise<ObjectRef> => ({
  ...ref,
  apiVersion: (await version?.(read)) ?? ref.apiVersion,
});

/** The same name made anew is another object. */
export const uidOf = ({ metadata: { uid = "" } }: KubeObject): string => uid;

/** Whether it is that object, whatever the version of its kind. */
export function isObject({ apiVersion, kind, metadata: { name, namespace } }: KubeObject, ref: ObjectRef): boolean {
  return groupOf(apiVersion) === groupOf(ref.apiVersion) && kind === ref.kind && name === ref.name && namespace === ref.namespace;
}

/** The group of a version, e.g. "apps" of "apps/v1"; empty for "v1". */
export const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "");
