import { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import { listenLocally } from "../../systems/vault/local-listener.ts";
import { handedOn } from "../../systems/vault/client-environment.ts";
import type { VaultRoute, VaultServer } from "../../systems/vault/server.ts";
import { keepCa } from "./ca-file.ts";
import type { Plan } from "./choice.ts";

/** How another program reaches the Vault of this run. */
export interface Lent {
  readonly address: string;
  /** A PEM file; undefined where Vault speaks http, or public authorities are trusted. */
  readonly caFile: string | undefined;
  /** The name that the certificate is for, where the address is not among its names. */
  readonly serverName: string | undefined;
  /** Variables of our environment that say how it is reached. */
  readonly variables?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const here = "127.0.0.1";

/** Where Vault is reached by port-forward, a listener carries there while it is lent; else it is reached as this run reaches it. */
export async function lend({ spec, env, trust, ca, client }: Plan, route: VaultRoute): Promise<Lent> {
  const server = await route.server();
  if (server.tunnel === undefined)
    return {
      address: server.name,
      caFile: ca === undefined ? undefined : (spec.vault.caCert ?? (await keepCa(spec.cluster ?? "vault", ca, env))),
      serverName: client.serverName,
      variables: handedOn(env),
      close: () => Promise.resolve(),
    };
  const { protocol } = new URL(server.peerAddress);
  const listener = await listenLocally(() => dial(route));
  const address = `${protocol}//${here}:${listener.port}`;
  if (protocol === "http:") return { address, caFile: undefined, serverName: undefined, close: listener.close };
  const pem = await trust({ fresh: true });
  return {
    address,
    caFile: pem === undefined ? undefined : await keepCa(spec.cluster ?? "vault", pem, env),
    serverName: await nameOf(server),
    close: listener.close,
  };
}

/** Another server may lead by now. */
async function dial(route: VaultRoute): Promise<Duplex> {
  const first = await route.server();
  try {
    return await first.tunnel!();
  } catch (error) {
    const second = route.chooseAgain() ? await route.server() : first;
    if (second.tunnel === undefined) throw error;
    return second.tunnel();
  }
}

async function nameOf(server: VaultServer): Promise<string | undefined> {
  const shown = await server.certificate();
  if (shown === undefined) return undefined;
  const certificate = new X509Certificate(shown.pem);
  if (certificate.checkIP(here) !== undefined) return undefined;
  const peer = new URL(server.peerAddress).hostname;
  const names = [...(certificate.subjectAltName ?? "").matchAll(/DNS:([^,\s*]+)/g)].map(([, name]) => name);
  return certificate.checkHost(peer) === undefined ? names[0] : peer;
}
