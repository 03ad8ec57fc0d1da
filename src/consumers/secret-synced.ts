import { createHash } from "node:crypto";
import { fail, failForGood, missing, pass, type Found } from "../core/check.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { onObject, onPath } from "../systems/need.ts";
import type { AppCheck } from "../systems/step.ts";
import type { SecretSpec } from "../config/spec/consumer.ts";
import type { KvSpec } from "../config/spec/wiring.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import { whyNotReady } from "./facts/condition.ts";
import { versionServed, wantedVersion } from "./facts/served.ts";

interface Synced {
  readonly objects: ConsumerObjects;
  readonly kv: KvSpec;
  readonly secret: SecretSpec;
}

/** The Kubernetes Secret exists and equals what Vault holds; compared by hash, no value leaves this function. */
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
  const held = answer?.data["data"] as Readonly<Record<string, unknown>> | null | undefined;
  if (held === undefined || held === null)
    return missing(`Vault holds nothing at ${kv.mount}/${kv.prefix}${path} yet (404)`, (line) => line("secret put", path));
  if (external === undefined) return failForGood(`ExternalSecret ${namespace}/${name} does not exist`, (line) => line("secret"));
  if (secret === undefined)
    return fail(
      `Secret ${namespace}/${name} is not there: ${whyNotReady(objects.readyOf(external))}`,
      kubectl(read.kube, `describe externalsecrets.${objects.group} ${name} -n ${namespace}`),
    );
  return equal(held, secret, wanted)
    ? pass("the values are equal")
    : fail(
        `Secret ${namespace}/${name} holds other values than Vault`,
        "It is refreshed at the ExternalSecret's interval; wait for it, or look at the ExternalSecret's status.",
      );
}

async function externalSecret(read: Readers, { objects, secret: { name, namespace } }: Synced): Promise<KubeObject | undefined> {
  return read.kube.get({ apiVersion: await versionServed(read, objects), kind: "ExternalSecret", name, namespace });
}

function equal(held: Readonly<Record<string, unknown>>, secret: KubeObject, { keys }: SecretSpec): boolean {
  const data = (secret["data"] ?? {}) as Readonly<Record<string, string>>;
  const names = keys.length === 0 ? Object.keys(held) : keys;
  return names.every((name) => data[name] !== undefined && hash(asText(held[name])) === hash(Buffer.from(data[name], "base64")));
}

// Both operators write values that are not text as JSON.
const asText = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
const hash = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
