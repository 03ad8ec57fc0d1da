import { failForGood, missingSecret, type Found } from "../core/check.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import { onObject, onPath } from "../systems/need.ts";
import type { AppCheck } from "../systems/step.ts";
import type { SecretSpec } from "../config/spec/consumer.ts";
import type { KvSpec } from "../config/spec/wiring.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import { versionServed, wantedVersion } from "./facts/served.ts";
import { judged } from "./secret-judged.ts";
import type { Held } from "./written.ts";

interface Synced {
  readonly objects: ConsumerObjects;
  readonly kv: KvSpec;
  readonly secret: SecretSpec;
}

/** The Kubernetes Secret exists and holds what the operator makes of what Vault holds; no value leaves this check. */
export function secretSynced(synced: Synced): AppCheck {
  const {
    objects,
    kv,
    secret: { name, namespace, path },
  } = synced;
  return {
    id: `secret ${namespace}/${name}`,
    title: `Secret ${namespace}/${name} equals ${kv.mount}/${kv.prefix}${path}`,
    settles: true,
    needs: () => [
      onPath(`${kv.mount}/data/${kv.prefix}${path}`, "read"),
      ...onObject({ apiVersion: "v1", kind: "Secret", name, namespace }, ["get"]),
      ...onObject({ apiVersion: wantedVersion(objects), kind: "ExternalSecret", name, namespace }, ["get"]),
    ],
    run: (read) => compare(read, synced),
  };
}

async function compare(read: Readers, synced: Synced): Promise<Found> {
  const { objects, kv, secret: wanted } = synced;
  const { name, namespace, path } = wanted;
  const [answer, secret, external] = await Promise.all([
    read.vault.get(`${kv.mount}/data/${kv.prefix}${path}`),
    read.kube.get({ apiVersion: "v1", kind: "Secret", name, namespace }),
    externalSecret(read, synced),
  ]);
  const held = answer?.data["data"] as Held | null | undefined;
  if (held === undefined || held === null)
    return missingSecret(`Vault holds nothing at ${kv.mount}/${kv.prefix}${path} yet (404)`, (line) => line("secret put", path));
  if (external === undefined) return failForGood(`ExternalSecret ${namespace}/${name} does not exist`, (line) => line("secret"));
  return judged({ objects, wanted, from: { mount: kv.mount, path: `${kv.prefix}${path}`, held }, external, secret, kube: read.kube });
}

async function externalSecret(read: Readers, { objects, secret: { name, namespace } }: Synced): Promise<KubeObject | undefined> {
  return read.kube.get({ apiVersion: await versionServed(read, objects), kind: "ExternalSecret", name, namespace });
}
