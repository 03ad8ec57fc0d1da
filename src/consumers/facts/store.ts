import { at } from "../../core/values.ts";
import { owner } from "../../kubernetes/ownership.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { Asked } from "../diagnosis/evidence.ts";
import type { StoreFact } from "../diagnosis/operator-facts.ts";
import { saidOf } from "./events.ts";
import { versionServed } from "./served.ts";

/** The store as it is, with what the operator says of it. */
export async function storeFact(read: Readers, { store, consumer: { objects } }: Asked): Promise<StoreFact | undefined> {
  if (store === undefined || objects?.stores === undefined) return undefined;
  const found = await read.kube.get({ apiVersion: await versionServed(read, objects), ...store });
  if (found === undefined) return undefined;
  const said = await saidOf(read.kube, found);
  return {
    apiVersion: found.apiVersion,
    ...objects.stores.read(found),
    login: objects.stores.loginIn(found),
    foreign: isForeign(found),
    ready: objects.readyOf(found),
    events: said.warnings,
    heardMs: said.heardMs,
  };
}

/** Whether a field manager besides ours owns something of the spec. Kubernetes docs, "Server-Side Apply". */
export const isForeign = ({ metadata }: KubeObject): boolean =>
  (metadata.managedFields ?? []).some(({ manager, fieldsV1 }) => manager !== owner && at(fieldsV1, "f:spec") !== undefined);
