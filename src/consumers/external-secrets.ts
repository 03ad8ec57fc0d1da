import { groupOf } from "../kubernetes/object-ref.ts";
import { isOurs } from "../kubernetes/ownership.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import type { ConsumerObjects, ReadBy } from "./consumer-objects.ts";
import { versionThere } from "./facts/served.ts";

/** All ExternalSecrets of a kind of consumer in the cluster; none where what brings them is not there. */
export async function externalSecrets(read: Pick<Readers, "kube">, objects: ConsumerObjects): Promise<KubeObject[]> {
  const apiVersion = await versionThere(read, objects);
  return apiVersion === undefined ? [] : await read.kube.list({ apiVersion, kind: "ExternalSecret" });
}

/** Whether an object is an ExternalSecret that we made, and that reads by this wiring. */
export const isOfWiring = (object: KubeObject, objects: ConsumerObjects, by: ReadBy): boolean =>
  object.kind === "ExternalSecret" && isOurs(object) && readsBy(object, objects, by);

/** Whether an ExternalSecret, of whatever group, is of this kind of consumer and reads by this wiring. */
export const readsBy = (object: KubeObject, objects: ConsumerObjects, by: ReadBy): boolean =>
  groupOf(object.apiVersion) === objects.group && objects.readsBy(object, by);

/** "shop/db" */
export const nameOf = ({ metadata: { namespace, name } }: KubeObject): string => `${namespace ?? ""}/${name}`;
