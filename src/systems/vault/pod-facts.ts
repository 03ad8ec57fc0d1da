import { vaultContainer } from "../vault-pods.ts";
import type { KubeObject } from "../world.ts";

/** What a Vault pod's object says, as the charts of HashiCorp and OpenBao write it. */
export interface PodFacts {
  readonly name: string;
  readonly phase: string;
  readonly secure: boolean;
  readonly port: number;
  /** Of the headless Service: scheme://<pod>.<fullname>-internal:<port>. */
  readonly peerAddress: string;
  /** Names inside the cluster that stand for this pod; the first is the peer's name. */
  readonly names: readonly string[];
  readonly saysActive: boolean;
}

export type Scheme = "http" | "https";

interface PodSpec {
  readonly containers?: readonly {
    readonly name: string;
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
    readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  }[];
}

/** The name that the chart gives its objects: the StatefulSet's, which is the pod's without its number. */
const fullnameOf = (pod: string): string => pod.replace(/-\d+$/, "");

/** What a pod of Vault's is, where it is known how it is spoken with. */
export function podFacts(pod: KubeObject, scheme: Scheme): PodFacts {
  const { name, namespace = "default", labels = {}, deletionTimestamp } = pod.metadata;
  const { phase = "Unknown" } = (pod["status"] ?? {}) as { readonly phase?: string };
  const ports = vaultContainer((pod["spec"] ?? {}) as PodSpec)?.ports ?? [];
  const port = ports.find((one) => one.name === "http" || one.name === "https")?.containerPort ?? 8200;
  const fullname = fullnameOf(name);
  return {
    name,
    port,
    secure: scheme === "https",
    phase: deletionTimestamp === undefined ? phase : "Terminating",
    peerAddress: `${scheme}://${name}.${fullname}-internal:${port}`,
    names: innerNames(name, fullname, namespace),
    saysActive: labels["vault-active"] === "true" || labels["openbao-active"] === "true",
  };
}

/**
 * What a pod or a template of pods says. The charts write the scheme into these variables: "http://127.0.0.1:8200", "https://$(POD_IP):8200".
 * @param secureByDefault whether https is meant where they do not say it.
 */
export function schemeIn(spec: unknown, secureByDefault: boolean): Scheme {
  const env = vaultContainer((spec ?? {}) as PodSpec)?.env ?? [];
  const said = ["VAULT_ADDR", "BAO_ADDR", "VAULT_API_ADDR", "BAO_API_ADDR"]
    .map((name) => env.find((one) => one.name === name)?.value)
    .find((value) => value !== undefined);
  if (said === undefined) return secureByDefault ? "https" : "http";
  return said.startsWith("https:") ? "https" : "http";
}

function innerNames(pod: string, fullname: string, namespace: string): string[] {
  const bare = [`${pod}.${fullname}-internal`, `${fullname}-active`, fullname];
  const suffixes = ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
  return [...bare.flatMap((name) => suffixes.map((suffix) => name + suffix)), "localhost", "127.0.0.1"];
}
