import { readFile } from "node:fs/promises";
import { failure, kinds } from "../../errors.ts";
import type { ApiServerSpec } from "../../config/spec/wiring.ts";
import type { Readers } from "../../systems/world.ts";
import { vaultRunsHere } from "../vault-runs-here.ts";

/** Where Vault reaches an API server. */
export interface ReviewHost {
  readonly host: string;
  /** What to dial from here, where `host` is a name inside the cluster. */
  readonly connectTo: string | undefined;
}

/** The same, with the CA that Vault must trust there. */
export interface ReviewAddress extends ReviewHost {
  /** PEM */
  readonly ca: string;
}

const inside = "https://kubernetes.default.svc";

/**
 * Finds the host: the one that is said; the inner name where Vault runs in the very cluster that it reviews; else the kubeconfig's.
 * @throws CliError VK1601 for an address that only this machine can use.
 */
export async function reviewHost(read: Readers, { address }: ApiServerSpec): Promise<ReviewHost> {
  if (address !== undefined) return { host: withScheme(address), connectTo: undefined };
  if (await vaultRunsHere(read)) return { host: inside, connectTo: read.kube.server };
  return { host: usable(read.kube.server), connectTo: undefined };
}

/**
 * The host and its CA: the file that is said, else what the reviewer's Secret holds.
 * @throws CliError VK1601 as reviewHost, VK1009 for a CA file that cannot be read.
 */
export async function reviewAddress(read: Readers, wanted: ApiServerSpec, secretCa: string): Promise<ReviewAddress> {
  const ca = wanted.caCert === undefined ? secretCa : await readCa(wanted.caCert);
  return { ...(await reviewHost(read, wanted)), ca };
}

// The plugin joins host and path as they are: without a scheme every review fails.
function withScheme(host: string): string {
  if (/^https?:\/\/[^/]/.test(host)) return host.replace(/\/+$/, "");
  throw failure(kinds.hostNotReachable, {
    what: `"${host}" is not an address that Vault can use`,
    why: "Vault joins it with a path as it is, so it must begin with https://.",
    fix: `--kubernetes-host https://${host.replace(/^\/+/, "")}`,
  });
}

const onlyHere = new Set(["localhost", "0.0.0.0", "::1", "[::1]", "::", "[::]", "host.docker.internal", "kubernetes.docker.internal"]);

function usable(server: string): string {
  const { hostname } = new URL(server);
  if (!onlyHere.has(hostname) && !hostname.startsWith("127.")) return server.replace(/\/+$/, "");
  throw failure(kinds.hostNotReachable, {
    what: `The kubeconfig reaches the API server at ${server}; Vault cannot`,
    why: `${hostname} means this machine, and Vault runs elsewhere.`,
    fix: "Pass the address at which Vault reaches this cluster's API server: --kubernetes-host https://HOST:PORT",
  });
}

async function readCa(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, { what: `The CA file ${file} cannot be read`, why: error.code, fix: "Correct --kubernetes-ca-cert." });
  });
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw failure(kinds.badInput, { what: `${file} holds no PEM certificate`, fix: "Correct --kubernetes-ca-cert." });
}
