import { failure, kinds } from "../errors.ts";
import type { ConsumerSpec } from "../config/spec/consumer.ts";
import type { Spec } from "../config/spec.ts";
import type { Command, Scripted } from "../core/resource.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import { laterCa } from "../systems/content.ts";
import type { ConsumerObjects, ConsumerStores, ReadBy, StoreAbout } from "./consumer-objects.ts";
import { externalSecrets, isOfWiring, nameOf, readsBy } from "./external-secrets.ts";
import { versionThere, wantedVersion } from "./facts/served.ts";
import { kubeObject, type AsOf } from "../kubernetes/object.ts";
import { toFindAddress } from "../systems/reach.ts";
import { defineStep, type AppResource } from "../systems/step.ts";
import { kindOf, loginOf } from "./kinds.ts";
import { unknownToPods } from "./store-trust.ts";
import { toKnowAudiences } from "./token-audiences.ts";

/** The stores: where consumers that have some find Vault, and how they log in. */
export const store = defineStep({
  id: "store",
  title: "Create the store",
  resources: (spec) => spec.consumers.flatMap((consumer) => storesIn(spec, consumer)),
  noticesAfter: (_, read) => unknownToPods(read),
});

function storesIn(spec: Spec, consumer: ConsumerSpec): AppResource[] {
  const { objects } = kindOf(consumer);
  const stores = objects?.stores;
  if (objects === undefined || stores === undefined) return refuseConditions(consumer);
  return consumer.stores.flatMap((wanted) => storeResource(objects, { spec, consumer, store: wanted }));
}

/** Silence would let every namespace read where a person said which. */
function refuseConditions({ stores }: ConsumerSpec): [] {
  if (stores.every(({ allowedNamespaces }) => allowedNamespaces.length === 0)) return [];
  throw failure(kinds.badValue, {
    what: "--store-namespace is about a store, and this operator has none",
    fix: "Leave it out, or choose an operator that has stores with --operator.",
  });
}

/** One store; none for a kind without stores. */
export function storeResource(objects: ConsumerObjects, wanted: StoreAbout): (AppResource & Scripted<Readers>)[] {
  const { stores } = objects;
  if (stores === undefined) return [];
  const { kind, name, namespace } = wanted.store;
  const ref = { apiVersion: wantedVersion(objects), kind, name, namespace };
  const make = async (read: Readers, asOf: AsOf): Promise<KubeObject> => ({
    apiVersion: ref.apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: await stores.spec(wanted, read, asOf),
  });
  const { vault, wiring } = wanted.spec;
  const resource = kubeObject(ref, make, {
    alsoNeeds: (read) => [...toFindAddress(read, vault.install.namespace), ...toKnowAudiences(loginOf(wanted.consumer))],
    version: (read) => versionThere(read, objects),
    elsewhere: (object) => loginElsewhere(stores, object, wiring.authMount),
    note: (read) => notUpdated(read, objects, { stores: [wanted.store], authMount: wiring.authMount }),
  });
  return [{ ...resource, command: async (read) => withCa(await resource.command(read)) }];
}

/** Why a store is not of this wiring, though it has its name: another name of the cluster may have made it. */
export function loginElsewhere(stores: ConsumerStores, store: KubeObject, authMount: string): string | undefined {
  const mount = stores.loginIn(store)?.mount;
  return mount === undefined || mount === authMount ? undefined : `it logs in at auth/${mount}`;
}

/** Who else reads by the store, for whoever takes it away. */
async function notUpdated(read: Readers, objects: ConsumerObjects, by: ReadBy): Promise<string | undefined> {
  const all = await externalSecrets(read, objects);
  const others = all.filter((object) => readsBy(object, objects, by) && !isOfWiring(object, objects, by));
  return others.length === 0 ? undefined : `not ours, and no longer updated without it: ${others.map(nameOf).join(", ")}`;
}

/** The same command where the CA is not known yet: the shell puts it in. */
function withCa(command: Command): Command {
  const [first = "", ...rest] = command.lines.split("\n");
  if (!command.lines.includes(`caBundle: ${laterCa}`)) return command;
  const [apply = "", mark = ""] = first.split(" <<");
  const filled = `{ sed "s,${laterCa},$(base64 < "$VAULT_CACERT" | tr -d '\\n')," | ${apply}; } <<${mark}`;
  return { ...command, lines: [filled, ...rest].join("\n"), needs: [...(command.needs ?? []), "vaultCa"] };
}
