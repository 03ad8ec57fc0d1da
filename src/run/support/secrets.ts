import { readFile } from "node:fs/promises";
import type { World } from "../world/open.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import type { Secret } from "../../core/redact/known.ts";
import { looksSecret } from "../../core/secret-names.ts";
import type { Environment } from "../../config/environment.ts";
import { valuesOfSecret } from "../../systems/secret-values.ts";
import { at, list, text } from "../../core/values.ts";
import { valueOf } from "../../core/fact.ts";
import type { Unknown } from "../status/unknown.ts";

/** Every secret value that can be read here, so that it can be taken out of all that is gathered. */
export async function knownSecrets(
  world: World,
  vault: VaultSpec,
  env: Environment,
  namespaces: readonly string[],
  unknown: Unknown,
): Promise<Secret[]> {
  const [inSecrets, inPods, keys] = await Promise.all([
    Promise.all(
      namespaces.map((namespace) => unknown.ask(`Secrets of ${namespace}, whose values are hidden`, () => secretValues(world, namespace))),
    ),
    Promise.all(namespaces.map((namespace) => unknown.ask(`pods of ${namespace}`, () => environmentValues(world, namespace)))),
    ownKeys(world, vault),
  ]);
  const tokens = ["VAULT_TOKEN", "BAO_TOKEN", ...Object.keys(env).filter(looksSecret)].map((name) => env[name] ?? "");
  return [...[...inSecrets, ...inPods].flatMap((found) => valueOf(found) ?? []), ...keys, ...tokens];
}

async function secretValues({ kube }: World, namespace: string): Promise<Secret[]> {
  const secrets = await kube.list({ apiVersion: "v1", kind: "Secret", namespace });
  return secrets
    .filter((secret) => secret["type"] !== "helm.sh/release.v1")
    .flatMap((secret) => [
      ...valuesOfSecret(secret),
      ...annotated(secret.metadata.annotations),
      ...valuesOfSecret(lastApplied(secret.metadata.annotations)),
    ]);
}

/** kubectl apply keeps the whole object in an annotation, of a Secret too, with the values of then. */
function lastApplied(annotations: Readonly<Record<string, string>> = {}): unknown {
  try {
    return JSON.parse(annotations["kubectl.kubernetes.io/last-applied-configuration"] ?? "null");
  } catch {
    return undefined;
  }
}

function annotated(annotations: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(annotations ?? {}).flatMap(([name, value]) => (looksSecret(name) ? [value] : []));
}

/** What stands in the environment of containers by a secret's name, not by reference. */
async function environmentValues({ kube }: World, namespace: string): Promise<string[]> {
  const pods = await kube.list({ apiVersion: "v1", kind: "Pod", namespace });
  return pods.flatMap((pod) => [
    ...annotated(pod.metadata.annotations),
    ...[...list(at(pod["spec"], "containers")), ...list(at(pod["spec"], "initContainers"))]
      .flatMap((container) => list(at(container, "env")))
      .flatMap((one) => (looksSecret(text(at(one, "name")) ?? "") ? [text(at(one, "value")) ?? ""] : [])),
  ]);
}

/** The unseal keys, and the tokens that this run could use. */
async function ownKeys({ keys }: World, { tokenFile }: VaultSpec): Promise<string[]> {
  const nothing = () => undefined;
  const [held, kept, given] = await Promise.all([
    keys.read().catch(nothing),
    keys.token().catch(nothing),
    tokenFile === undefined ? undefined : readFile(tokenFile, "utf8").catch(nothing),
  ]);
  return [
    ...(held === undefined
      ? []
      : [held.root_token, ...held.unseal_keys_b64, ...held.unseal_keys_hex, ...held.recovery_keys_b64, ...held.recovery_keys_hex]),
    ...(kept === undefined ? [] : [kept]),
    ...(given === undefined ? [] : [given.trim()]),
  ];
}
