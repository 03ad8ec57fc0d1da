import { createHash } from "node:crypto";
import { fail, failForGood, missing, pass, type Found } from "../core/check.ts";
import { esoApiVersion } from "./eso/version.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { onObject, onPath } from "../systems/need.ts";
import type { AppCheck } from "../systems/step.ts";
import type { NamedSecret } from "../config/spec/secret.ts";
import { readyCondition } from "./store-ready.ts";

export interface SyncedSettings {
  readonly operator: "eso" | "kes";
  readonly namespace: string;
  readonly kvMount: string;
  readonly kvPrefix: string;
  readonly spec: NamedSecret;
}

/** The Kubernetes Secret exists and equals what Vault holds; compared by hash, no value leaves this function. */
export function secretSynced(settings: SyncedSettings): AppCheck {
  const { namespace, spec } = settings;
  return {
    id: `secret ${namespace}/${spec.name}`,
    title: `Secret ${namespace}/${spec.name} equals ${settings.kvMount}/${settings.kvPrefix}${spec.path}`,
    settles: true,
    needs: () => [
      onPath(`${settings.kvMount}/data/${settings.kvPrefix}${spec.path}`, "read"),
      ...onObject({ apiVersion: "v1", kind: "Secret", name: spec.name, namespace }, ["get"]),
      ...onObject({ apiVersion: `${groups[settings.operator]}/v1`, kind: "ExternalSecret", name: spec.name, namespace }, ["get"]),
    ],
    run: (read) => compare(read, settings),
  };
}

const groups = { eso: "external-secrets.io", kes: "kubernetes-client.io" } as const;

async function compare(read: Readers, settings: SyncedSettings): Promise<Found> {
  const { namespace, spec, kvMount, kvPrefix } = settings;
  const [answer, secret, external] = await Promise.all([
    read.vault.get(`${kvMount}/data/${kvPrefix}${spec.path}`),
    read.kube.get({ apiVersion: "v1", kind: "Secret", name: spec.name, namespace }),
    externalSecret(read, settings),
  ]);
  const held = answer?.data["data"] as Readonly<Record<string, unknown>> | null | undefined;
  if (held === undefined || held === null)
    return missing(`Vault holds nothing at ${kvMount}/${kvPrefix}${spec.path} yet (404)`, (line) => line("secret put", spec.path));
  if (external === undefined) return failForGood(`ExternalSecret ${namespace}/${spec.name} does not exist`, (line) => line("secret"));
  if (secret === undefined)
    return fail(
      `Secret ${namespace}/${spec.name} is not there: ${reason(external)}`,
      kubectl(read.kube, `describe externalsecrets.${groups[settings.operator]} ${spec.name} -n ${namespace}`),
    );
  return equal(held, secret, spec)
    ? pass("the values are equal")
    : fail(
        `Secret ${namespace}/${spec.name} holds other values than Vault`,
        "It is refreshed at the ExternalSecret's interval; wait for it, or look at the ExternalSecret's status.",
      );
}

async function externalSecret(read: Readers, { operator, namespace, spec }: SyncedSettings): Promise<KubeObject | undefined> {
  const apiVersion = operator === "eso" ? await esoApiVersion(read) : "kubernetes-client.io/v1";
  return read.kube.get({ apiVersion, kind: "ExternalSecret", name: spec.name, namespace });
}

function reason(external: KubeObject): string {
  const ready = readyCondition(external);
  const status = external["status"] as { readonly status?: string } | undefined;
  return ready === undefined
    ? (status?.status ?? "the operator has not looked at it")
    : `${ready.reason ?? ""} ${ready.message ?? ""}`.trim();
}

function equal(held: Readonly<Record<string, unknown>>, secret: KubeObject, { keys }: NamedSecret): boolean {
  const data = (secret["data"] ?? {}) as Readonly<Record<string, string>>;
  const names = keys.length === 0 ? Object.keys(held) : keys;
  return names.every((name) => data[name] !== undefined && hash(asText(held[name])) === hash(Buffer.from(data[name], "base64")));
}

// Both operators write values that are not text as JSON.
const asText = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
const hash = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
