import { at, list, texts } from "../../core/values.ts";
import { ifSeen } from "../../systems/allowed.ts";
import type { Readers } from "../../systems/world.ts";
import { vaultRunsHere } from "../../wiring/vault-runs-here.ts";
import { clusterCa, sameCertificates } from "./reviewer.ts";

/** By what a configuration tells that it is about a cluster. */
export interface KnownAs {
  /** Addresses of its API server, as `addressOf` writes them. */
  readonly hosts: readonly string[];
  /** PEM; empty where it may not be read. */
  readonly ca: string;
  /** Vault runs in it. */
  readonly inside: boolean;
}

/** Asks the cluster for it. */
export async function knownAs(read: Readers): Promise<KnownAs> {
  const inside = await vaultRunsHere(read);
  const [ca, inner] = await Promise.all([
    ifSeen(
      async () => (await clusterCa(read, { namespace: "kube-system", name: "" })) ?? "",
      () => "",
    ),
    inside ? innerHosts(read) : [],
  ]);
  return { ca, inside, hosts: [read.kube.server, ...inner].map(addressOf) };
}

/** What only pods of the cluster call its API server. */
async function innerHosts({ kube }: Readers): Promise<string[]> {
  const service = await ifSeen(
    () => kube.get({ apiVersion: "v1", kind: "Service", namespace: "default", name: "kubernetes" }),
    () => undefined,
  );
  const addresses = [...list(at(service?.["spec"], "clusterIPs")), at(service?.["spec"], "clusterIP")];
  const names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
  return [...names, ...texts(addresses)].map((host) => `https://${host.includes(":") ? `[${host}]` : host}`);
}

/** Scheme, host and port alone. */
export function addressOf(address: string): string {
  const whole = /^https?:\/\//.test(address) ? address : `https://${address}`;
  return URL.canParse(whole) ? `${new URL(whole).origin}${new URL(whole).pathname.replace(/\/$/, "")}` : address;
}

/** How a configuration is known to be about a cluster, in words; undefined where nothing speaks for it. */
export function pointsHere(config: { readonly host: string; readonly ca: string } | undefined, known: KnownAs): string | undefined {
  if (config === undefined) return undefined;
  const byHost = known.hosts.includes(addressOf(config.host)) ? `its kubernetes_host is this cluster's, ${config.host}` : undefined;
  const byCa = config.ca !== "" && known.ca !== "" && sameCertificates(config.ca, known.ca);
  if (byHost !== undefined) return byCa ? `${byHost}, with its CA` : byHost;
  return byCa ? `its CA is this cluster's, at ${config.host}` : undefined;
}
