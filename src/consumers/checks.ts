import type { ConsumerSpec } from "../config/spec/consumer.ts";
import type { KvSpec } from "../config/spec/wiring.ts";
import type { AppCheck } from "../systems/step.ts";
import { kindOf, storesOf } from "./kinds.ts";
import { secretSynced } from "./secret-synced.ts";
import { storeReady } from "./store-ready.ts";

/** What proves that a consumer gets its secrets: its stores are ready, and its Secrets equal what Vault holds. None without objects. */
export function consumerChecks(kv: KvSpec, consumer: ConsumerSpec): AppCheck[] {
  const { objects } = kindOf(consumer);
  if (objects === undefined) return [];
  return [
    ...storesOf(consumer).map((store) => storeReady(objects, store)),
    ...consumer.secrets.map((secret) => secretSynced({ objects, kv, secret })),
  ];
}
