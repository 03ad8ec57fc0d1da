import { same, type Diff } from "../core/resource.ts";
import type { Spec } from "../config/spec.ts";
import type { ConsumerSpec, StoreSpec } from "../config/spec/consumer.ts";
import { isOurs } from "../kubernetes/ownership.ts";
import type { AppResource } from "../systems/step.ts";
import type { Readers } from "../systems/world.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import { versionThere } from "./facts/served.ts";
import { kindOf, loginOf } from "./kinds.ts";
import { storeResource } from "./store.ts";
import { toKnowAudiences, tokenAudiences } from "./token-audiences.ts";

/**
 * Stores that are there get the audiences that their logins will need, before Vault is told to review another way. What is not there, or logs in
 * elsewhere, is written in its turn.
 */
export function storesReady(spec: Spec, consumer: ConsumerSpec): AppResource[] {
  const { objects } = kindOf(consumer);
  if (objects === undefined) return [];
  const about = consumer.stores.map((store) => ({ spec, consumer, store }));
  return about.flatMap((each) => storeResource(objects, each).map((whole) => storeReady(whole, objects, each)));
}

interface Ready {
  readonly spec: Spec;
  readonly consumer: ConsumerSpec;
  readonly store: StoreSpec;
}

function storeReady(whole: AppResource, objects: ConsumerObjects, about: Ready): AppResource {
  return {
    id: `${whole.id} audiences`,
    diff: (read) => lacking(read, objects, about),
    needs: async (read) => [...((await whole.needs?.(read)) ?? []), ...toKnowAudiences(loginOf(about.consumer))],
    apply: (write, say) => whole.apply(write, say),
    ...(whole.command !== undefined && { command: whole.command }),
  };
}

async function lacking(read: Readers, objects: ConsumerObjects, { spec, consumer, store }: Ready): Promise<Diff> {
  const apiVersion = await versionThere(read, objects);
  if (apiVersion === undefined) return same();
  const { kind, name, namespace } = store;
  const found = await read.kube.get({ apiVersion, kind, name, namespace });
  const login = found === undefined || !isOurs(found) ? undefined : objects.stores?.loginIn(found);
  if (login === undefined || login.mount !== spec.wiring.authMount) return same();
  const wanted = await tokenAudiences(read, loginOf(consumer));
  if (wanted.every((audience) => login.audiences.includes(audience))) return same();
  return { kind: "update", changes: [{ field: "audiences", before: login.audiences.join(", "), after: wanted.join(", ") }] };
}
