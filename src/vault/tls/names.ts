import type { X509Certificate } from "node:crypto";
import net from "node:net";
import type { InstallSpec } from "../../config/spec/install.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import type { Readers } from "../../systems/world.ts";
import { balancerAddresses } from "./balancers.ts";
import { chartName } from "../names.ts";
import { vaultFullname } from "../charts.ts";

/** What says Vault's names. */
export type Named = Pick<VaultSpec, "install" | "tls" | "consumerAddress">;

/**
 * Every name that Vault has inside its cluster: its Services, its pods, and the pod for itself. Pods are also named one by one, since
 * OpenSSL takes no wildcard that has only one label after it.
 */
function insideNames({ namespace, replicas }: InstallSpec, fullname: string): string[] {
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
export async function neededNames(read: Readers, install: InstallSpec): Promise<string[]> {
  const { namespace, replicas } = install;
  const fullname = await chartName(read, install);
  return [`${fullname}.${namespace}.svc`, `${fullname}-active.${namespace}.svc`, ...podNames(fullname, replicas)];
}

const podNames = (fullname: string, replicas: number): string[] =>
  Array.from({ length: replicas }, (_, index) => `${fullname}-${index}.${fullname}-internal`);

/** Names outside of the cluster that are said. */
export function saidNames({ install: { expose, ingress }, tls, consumerAddress }: Named): string[] {
  return [
    ...(expose === "Ingress" && ingress.host !== undefined ? [ingress.host] : []),
    ...tls.names,
    ...(consumerAddress === undefined ? [] : [hostOf(consumerAddress)]),
  ];
}

const hostOf = (address: string): string => new URL(address).hostname.replace(/^\[|\]$/g, "");

/** Everything that our certificate is for. */
export async function certificateNames(read: Readers, vault: Named): Promise<string[]> {
  const [fullname, balancers] = await Promise.all([chartName(read, vault.install), balancerAddresses(read, vault.install)]);
  return [...new Set([...insideNames(vault.install, fullname), ...saidNames(vault), ...balancers])];
}

/**
 * Of the names that a certificate before is for, those besides Vault's own inside its cluster: others may use them, so the next one is for them
 * too. None with consent (--force-address).
 */
export async function heldNames(read: Readers, before: readonly string[], install: InstallSpec): Promise<string[]> {
  if (install.forceAddress || before.length === 0) return [];
  const fullname = await chartName(read, install);
  const own = new RegExp(
    `^((\\*\\.)?NAME(-[a-z0-9]+)?(\\.NAME-internal)?(\\.${install.namespace}(\\.svc(\\.cluster\\.local)?)?)?|localhost|127\\.0\\.0\\.1)$`.replaceAll(
      "NAME",
      `(?:${vaultFullname(install)}|${fullname})`,
    ),
  );
  return before.filter((name) => !own.test(name));
}

/** All that a certificate is for. */
export const namesIn = (certificate: X509Certificate | undefined): string[] =>
  (certificate?.subjectAltName ?? "").split(", ").flatMap((entry) => /^(?:DNS|IP Address):"?([^"]+)/.exec(entry)?.[1] ?? []);

/** Names and addresses apart, as certificates want them. */
export const split = (names: readonly string[]): { dns: string[]; ips: string[] } => ({
  dns: names.filter((name) => net.isIP(name) === 0),
  ips: names.filter((name) => net.isIP(name) !== 0),
});
