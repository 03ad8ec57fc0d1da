import type { ConsumerSpec, SecretSpec } from "../config/spec/consumer.ts";
import type { WiringSpec } from "../config/spec/wiring.ts";
import type { ConsumerObjects, ReadBy, StoreRef } from "./consumer-objects.ts";
import { externalSecretsRemoval } from "./external-secrets-removal.ts";
import { versionThere, wantedVersion } from "./facts/served.ts";
import { kindOf, releaseOf } from "./kinds.ts";
import { loginElsewhere } from "./store.ts";
import type { Readers } from "../systems/world.ts";
import type { Controllers } from "./stopped-controllers.ts";
import { namespaceRemoval } from "../kubernetes/namespace-removal.ts";
import { fixedObject } from "../kubernetes/object.ts";
import { namespace } from "../kubernetes/namespace.ts";
import type { AppRemoval, RemovalPolicy } from "../systems/removal.ts";
import { defineStep, type AppResource } from "../systems/step.ts";

/** The ExternalSecrets that the user named; none unless there are some. */
export const secret = defineStep({
  id: "secret",
  title: "Create the ExternalSecrets",
  resources: ({ wiring, consumers }) => consumers.flatMap((consumer) => secretsOf(wiring, consumer)),
  removals: ({ consumers, wiring }, policy) => consumers.flatMap((consumer) => removalsOf(wiring, consumer, policy)),
});

function secretsOf(wiring: WiringSpec, consumer: ConsumerSpec): AppResource[] {
  const { objects } = kindOf(consumer);
  if (objects === undefined) return [];
  const { secrets, login } = consumer;
  const namespaces = [...new Set(secrets.map((one) => one.namespace))];
  return [...namespaces.map(namespace), ...secrets.map((one) => goesWithAll(externalSecret(objects, one, wiring, login.role)))];
}

function removalsOf({ authMount }: WiringSpec, consumer: ConsumerSpec, policy: RemovalPolicy): AppRemoval[] {
  const { objects } = kindOf(consumer);
  const { stores, applicationNamespace } = consumer;
  const controllers = controllersOf(consumer, policy);
  const of = { by: { stores, authMount }, controllers };
  return [
    ...(objects === undefined
      ? []
      : [externalSecretsRemoval({ objects, ...of, storesElsewhere: (read) => storesElsewhere(read, objects, of.by) }, policy)]),
    namespaceRemoval(applicationNamespace, policy),
  ];
}

/** Those that log in at another mount than this wiring's. */
async function storesElsewhere(read: Readers, objects: ConsumerObjects, { stores, authMount }: ReadBy): Promise<StoreRef[]> {
  const { stores: kind } = objects;
  const apiVersion = kind === undefined || stores.length === 0 ? undefined : await versionThere(read, objects);
  if (kind === undefined || apiVersion === undefined) return [];
  const found = await Promise.all(stores.map((store) => read.kube.get({ ...store, apiVersion })));
  return stores.filter((_, index) => {
    const object = found[index];
    return object !== undefined && loginElsewhere(kind, object, authMount) !== undefined;
  });
}

function controllersOf(consumer: ConsumerSpec, policy: RemovalPolicy): Controllers | undefined {
  const { install, objects } = kindOf(consumer);
  if (objects?.writesWhileDeleted !== true) return undefined;
  return { chart: install.chart, place: { namespace: consumer.namespace, release: releaseOf(consumer) }, policy };
}

/** All that read by the wiring are taken away, whether they are named or not. */
const goesWithAll = ({ removal: _own, ...resource }: AppResource): AppResource => resource;

function externalSecret(objects: ConsumerObjects, wanted: SecretSpec, wiring: WiringSpec, role: string): AppResource {
  const { name, namespace } = wanted;
  const spec = objects.secret(wanted, wiring, role);
  const object = { apiVersion: wantedVersion(objects), kind: "ExternalSecret", metadata: { name, namespace }, spec };
  return fixedObject(object, { version: (read) => versionThere(read, objects) });
}
