import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../../core/compare.ts";
import { at } from "../../core/values.ts";
import type { KubeObject, KubeReader, ObjectRef } from "../../systems/world.ts";

/**
 * What Kubernetes lets nobody change in an object that is there; all else of these kinds may change. Its sources: pkg/apis/apps/validation and
 * pkg/apis/rbac/validation, as of 1.34.
 */
const fixed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  StatefulSet: ["selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates"].map((field) => ["spec", field]),
  Deployment: [["spec", "selector"]],
  DaemonSet: [["spec", "selector"]],
  ClusterRoleBinding: [["roleRef"]],
  RoleBinding: [["roleRef"]],
};

/** An object that is there, and what a change wants of it that it cannot take. */
export interface Unchangeable {
  readonly live: KubeObject;
  readonly wanted: KubeObject;
  /** Paths in words: "spec.volumeClaimTemplates". */
  readonly fields: readonly string[];
}

/** @param wanted what helm would make; what it does not say the server has filled in */
export async function unchangeable(kube: KubeReader, namespace: string, wanted: readonly KubeObject[]): Promise<Unchangeable[]> {
  const found = await Promise.all(
    wanted.filter(({ kind }) => fixed[kind] !== undefined).map((object) => besideLive(kube, namespace, object)),
  );
  return found.filter((one) => one !== undefined).filter(({ fields }) => fields.length > 0);
}

async function besideLive(kube: KubeReader, namespace: string, wanted: KubeObject): Promise<Unchangeable | undefined> {
  const live = await kube.get(refOf(wanted, namespace));
  if (live === undefined) return undefined;
  const fields = (fixed[wanted.kind] ?? []).filter((path) => !holds(at(live, ...path), at(wanted, ...path))).map((path) => path.join("."));
  return { live, wanted, fields };
}

const refOf = ({ apiVersion, kind, metadata }: KubeObject, namespace: string): ObjectRef => ({
  apiVersion,
  kind,
  name: metadata.name,
  ...(kind !== "ClusterRoleBinding" && { namespace: metadata.namespace ?? namespace }),
});

/** Whether what is there has all that is said. */
export function holds(there: unknown, said: unknown): boolean {
  if (said === undefined || said === null) return true;
  if (Array.isArray(said))
    return Array.isArray(there) && there.length === said.length && said.every((item, index) => holds(there[index], item));
  if (isRecord(said)) return isRecord(there) && Object.entries(said).every(([key, value]) => holds(there[key], value));
  return isDeepStrictEqual(there, said);
}
