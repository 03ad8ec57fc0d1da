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

interface PodShape {
  readonly spec?: {
    readonly containers?: readonly {
      readonly name: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
  readonly status?: { readonly phase?: string };
}

/** Vault's server pods of a release, of either chart. */
export const vaultPodSelector = (release: string): string =>
  `app.kubernetes.io/name in (vault,openbao),app.kubernetes.io/instance=${release},component=server`;

/** The name that the chart gives its objects: the StatefulSet's, which is the pod's without its number. */
export const fullnameOf = (pod: string): string => pod.replace(/-\d+$/, "");

/** @param secureByDefault whether https is meant where the pod's environment does not say it. */
export function podFacts(pod: KubeObject, secureByDefault: boolean): PodFacts {
  const { spec, status } = pod as unknown as PodShape;
  const { name, namespace = "default", labels = {}, deletionTimestamp } = pod.metadata;
  const container = spec?.containers?.find((one) => ["vault", "openbao"].includes(one.name)) ?? spec?.containers?.[0];
  const scheme = schemeIn(container?.env ?? [], secureByDefault);
  const port = container?.ports?.find((one) => one.name === "http" || one.name === "https")?.containerPort ?? 8200;
  const fullname = fullnameOf(name);
  return {
    name,
    port,
    secure: scheme === "https",
    phase: deletionTimestamp === undefined ? (status?.phase ?? "Unknown") : "Terminating",
    peerAddress: `${scheme}://${name}.${fullname}-internal:${port}`,
    names: innerNames(name, fullname, namespace),
    saysActive: labels["vault-active"] === "true" || labels["openbao-active"] === "true",
  };
}

/** The charts write the scheme into these variables: "http://127.0.0.1:8200", "https://$(POD_IP):8200". */
function schemeIn(env: readonly { readonly name: string; readonly value?: string }[], secureByDefault: boolean): "http" | "https" {
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
