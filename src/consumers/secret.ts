import { goDuration } from "../core/duration.ts";
import type { Settings } from "../config/fields.ts";
import type { KubeObject } from "../systems/world.ts";
import { esoApiVersion } from "./eso/version.ts";
import { secretsVersion } from "./external-secrets.ts";
import { externalSecretsRemoval } from "./external-secrets-removal.ts";
import { namespaceRemoval } from "../kubernetes/namespace-removal.ts";
import { fixedObject, kubeObject } from "../kubernetes/object.ts";
import { namespace } from "../kubernetes/namespace.ts";
import { defineStep, type AppResource } from "../systems/step.ts";
import { parseSecretSpec, type NamedSecret } from "../config/spec/secret.ts";

const inputs = [
  "secrets",
  "operator",
  "namespace",
  "kvMount",
  "kvPrefix",
  "storeName",
  "storeKind",
  "authMount",
  "roleName",
  "refreshInterval",
] as const;
type Inputs = Pick<Settings, (typeof inputs)[number]>;

/** The ExternalSecrets that the user named; none unless there are some. */
export const secret = defineStep({
  id: "secret",
  title: "Create the ExternalSecrets",
  inputs,
  resources: (settings) => {
    const specs = settings.secrets.map(parseSecretSpec);
    const make = settings.operator === "kes" ? kesSecret : esoSecret;
    return specs.length === 0 ? [] : [namespace(settings.namespace), ...specs.map((spec) => goesWithAll(make(settings, spec)))];
  },
  removals: ({ consumers, wiring }, policy) =>
    consumers.flatMap(({ kind, stores, applicationNamespace }) => [
      externalSecretsRemoval({ kind, stores, authMount: wiring.authMount }, policy),
      namespaceRemoval(applicationNamespace, policy),
    ]),
});

/** All that read by the wiring are taken away, whether they are named or not. */
const goesWithAll = ({ removal: _own, ...resource }: AppResource): AppResource => resource;

function esoSecret(settings: Inputs, spec: NamedSecret): AppResource {
  const ref = { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", name: spec.name, namespace: settings.namespace };
  return kubeObject(
    ref,
    async (read, sure) => ({
      apiVersion: await esoApiVersion(read, sure),
      kind: "ExternalSecret",
      metadata: { name: spec.name, namespace: settings.namespace },
      spec: {
        // External Secrets writes it back in Go's form; any other would differ for ever.
        refreshInterval: goDuration(settings.refreshInterval),
        secretStoreRef: { name: settings.storeName, kind: settings.storeKind },
        target: { name: spec.name },
        ...esoData(`${settings.kvPrefix}${spec.path}`, spec.keys),
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
function kesSecret(settings: Inputs, { name, path, keys }: NamedSecret): AppResource {
  const key = `${settings.kvMount}/data/${settings.kvPrefix}${path}`;
  const object: KubeObject = {
    apiVersion: "kubernetes-client.io/v1",
    kind: "ExternalSecret",
    metadata: { name, namespace: settings.namespace },
    spec: {
      backendType: "vault",
      vaultMountPoint: settings.authMount,
      vaultRole: settings.roleName.toLowerCase(),
      kvVersion: 2,
      ...(keys.length === 0 ? { dataFrom: [key] } : { data: keys.map((property) => ({ key, name: property, property })) }),
    },
  };
  return fixedObject(object, { version: (read) => secretsVersion(read, "kes") });
}
