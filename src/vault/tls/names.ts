import net from "node:net";
import type { Settings } from "../../config/fields.ts";
import type { Readers } from "../../systems/world.ts";
import { balancerAddresses } from "./balancers.ts";
import { vaultFullname } from "../names.ts";

export type NameSettings = Pick<
  Settings,
  "installNamespace" | "release" | "chart" | "replicas" | "expose" | "ingressHost" | "tlsNames" | "consumerVaultAddr"
>;

/**
 * Every name that Vault has inside its cluster: its Services, its pods, and the pod for itself. Pods are also named one by one, since
 * OpenSSL takes no wildcard that has only one label after it.
 */
function insideNames(fullname: string, namespace: string, replicas: number): string[] {
  const bare = ["", "-active", "-standby", "-ui", "-internal"].map((suffix) => fullname + suffix);
  const domains = ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
  const pods = podNames(fullname, replicas);
  return [
    ...pods,
    ...[...bare, `*.${fullname}-internal`].flatMap((name) => domains.map((domain) => name + domain)),
    "localhost",
    "127.0.0.1",
  ];
}

/** The names that stores, joins and people use for sure: what a certificate of somebody else has to cover. */
export function neededNames({ installNamespace, release, chart, replicas }: NameSettings): string[] {
  const fullname = vaultFullname(release, chart);
  return [`${fullname}.${installNamespace}.svc`, `${fullname}-active.${installNamespace}.svc`, ...podNames(fullname, replicas)];
}

const podNames = (fullname: string, replicas: number): string[] =>
  Array.from({ length: replicas }, (_, index) => `${fullname}-${index}.${fullname}-internal`);

/** Names outside of the cluster that the settings say. */
export function saidNames({ expose, ingressHost, tlsNames, consumerVaultAddr }: NameSettings): string[] {
  return [
    ...(expose === "Ingress" && ingressHost !== undefined ? [ingressHost] : []),
    ...tlsNames,
    ...(consumerVaultAddr === undefined ? [] : [hostOf(consumerVaultAddr)]),
  ];
}

const hostOf = (address: string): string => new URL(address).hostname.replace(/^\[|\]$/g, "");

/** Everything that our certificate is for. */
export async function certificateNames(read: Readers, settings: NameSettings): Promise<string[]> {
  const inside = insideNames(vaultFullname(settings.release, settings.chart), settings.installNamespace, settings.replicas);
  return [...new Set([...inside, ...saidNames(settings), ...(await balancerAddresses(read, settings))])];
}

/** Names and addresses apart, as certificates want them. */
export const split = (names: readonly string[]): { dns: string[]; ips: string[] } => ({
  dns: names.filter((name) => net.isIP(name) === 0),
  ips: names.filter((name) => net.isIP(name) !== 0),
});
