import type { HttpAnswer } from "../http/http.ts";
import type { KubeObject, ObjectRef } from "../world.ts";
import type { KubeAct } from "./failures.ts";
import { collectionPath, objectPath, resourceName } from "./kinds.ts";
import { objectIn } from "./object-in.ts";
import type { KubeWire } from "./wire.ts";

/**
 * Writes that are made only where nobody else was faster: a lock rests on them. They are sent also after an interrupt, since what holds a
 * lock must be able to hold it to its end and to let it go.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export async function create(wire: KubeWire, object: KubeObject): Promise<KubeObject | undefined> {
  const ref = refOf(object);
  const act = { ...actOn("create", ref), name: undefined };
  const answer = await wire.send(act, { method: "POST", path: collectionPath(ref), body: object, ...exact });
  return unlessConflict(wire, act, ref, answer);
}

/** PUT with the UID and the version that were read. */
export async function replace(wire: KubeWire, object: KubeObject): Promise<KubeObject | undefined> {
  const ref = refOf(object);
  const act = actOn("update", ref);
  const answer = await wire.send(act, { method: "PUT", path: objectPath(ref), body: object, ...exact });
  return answer.status === 404 ? undefined : unlessConflict(wire, act, ref, answer);
}

/** DELETE with preconditions: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/ */
export async function removeExactly(wire: KubeWire, object: KubeObject): Promise<boolean> {
  const ref = refOf(object);
  const act = actOn("delete", ref);
  const { uid, resourceVersion } = object.metadata;
  const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
  const answer = await wire.send(act, { method: "DELETE", path: objectPath(ref), body, ...exact });
  if (answer.status === 409) return false;
  if (answer.status !== 404) wire.object(act, answer);
  return true;
}

const exact = { always: true, conflictAtOnce: true } as const;

const unlessConflict = (wire: KubeWire, act: KubeAct, ref: ObjectRef, answer: HttpAnswer): KubeObject | undefined =>
  answer.status === 409 ? undefined : objectIn(wire, act, ref, answer);

const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef => ({ apiVersion, kind, name, namespace });

const actOn = (verb: string, ref: ObjectRef): KubeAct => ({
  verb,
  resource: resourceName(ref.apiVersion, ref.kind),
  name: ref.name,
  namespace: ref.namespace,
});
