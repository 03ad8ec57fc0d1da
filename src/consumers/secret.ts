import type { ConsumerSpec, SecretSpec } from "../config/spec/consumer.ts";
import type { WiringSpec } from "../config/spec/wiring.ts";
import type { KubeObject } from "../systems/world.ts";
import { esoApiVersion } from "./eso/version.ts";
import { secretsVersion } from "./external-secrets.ts";
import { externalSecretsRemoval } from "./external-secrets-removal.ts";
import { namespaceRemoval } from "../kubernetes/namespace-removal.ts";
import { fixedObject, kubeObject } from "../kubernetes/object.ts";
import { namespace } from "../kubernetes/namespace.ts";
import { defineStep, type AppResource } from "../systems/step.ts";

/** The ExternalSecrets that the user named; none unless there are some. */
export const secret = defineStep({
  id: "secret",
  title: "Create the ExternalSecrets",
  resources: ({ wiring, consumers }) => consumers.flatMap((consumer) => secretsOf(wiring, consumer)),
  removals: ({ consumers, wiring }, policy) =>
    consumers.flatMap(({ kind, stores, applicationNamespace }) => [
      externalSecretsRemoval({ kind, stores, authMount: wiring.authMount }, policy),
      namespaceRemoval(applicationNamespace, policy),
    ]),
});

function secretsOf(wiring: WiringSpec, { kind, login, secrets }: ConsumerSpec): AppResource[] {
  const make = { eso: esoSecret, kes: kesSecret }[kind];
  const places = [...new Set(secrets.map((one) => one.namespace))];
  return [...places.map(namespace), ...secrets.map((one) => goesWithAll(make(one, wiring, login.role)))];
}

/** All that read by the wiring are taken away, whether they are named or not. */
const goesWithAll = ({ removal: _own, ...resource }: AppResource): AppResource => resource;

function esoSecret({ name, path, keys, namespace, store, refreshInterval }: SecretSpec, { kv }: WiringSpec): AppResource {
  const ref = { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", name, namespace };
  return kubeObject(
    ref,
    async (read, sure) => ({
      apiVersion: await esoApiVersion(read, sure),
      kind: "ExternalSecret",
      metadata: { name, namespace },
      spec: {
        // External Secrets writes it back in Go's form; any other would differ for ever.
        refreshInterval,
        secretStoreRef: { name: store.name, kind: store.kind },
        target: { name },
        ...esoData(`${kv.prefix}${path}`, keys),
      },
    }),
    { version: (read) => secretsVersion(read, "eso") },
  );
}

const esoData = (key: string, keys: readonly string[]) =>
  keys.length === 0
    ? { dataFrom: [{ extract: { key } }] }
    : { data: keys.map((property) => ({ secretKey: property, remoteRef: { key, property } })) };

// kes names the auth mount, the role and the full API path in every object.
function kesSecret({ name, path, keys, namespace }: SecretSpec, { authMount, kv }: WiringSpec, role: string): AppResource {
  const key = `${kv.mount}/data/${kv.prefix}${path}`;
  const object: KubeObject = {
    apiVersion: "kubernetes-client.io/v1",
    kind: "ExternalSecret",
    metadata: { name, namespace },
    spec: {
      backendType: "vault",
      vaultMountPoint: authMount,
      vaultRole: role,
      kvVersion: 2,
      ...(keys.length === 0 ? { dataFrom: [key] } : { data: keys.map((property) => ({ key, name: property, property })) }),
    },
  };
  return fixedObject(object, { version: (read) => secretsVersion(read, "kes") });
}
