import tls from "node:tls";
import type { Duplex } from "node:stream";
import { checked } from "../http/agent.ts";
import { checkIdentity } from "../http/identity.ts";
import { systemTrust } from "../http/system-trust.ts";
import type { Trust } from "./trust.ts";

export type Open = () => Promise<Duplex>;

/** TLS over a new stream. When the certificate is not trusted, whom to trust is read again: it may have changed during this run. */
export async function secured(open: Open, names: readonly string[], trust: Trust): Promise<Duplex> {
  const ca = await trust();
  try {
    return await handshake(await open(), names, ca);
  } catch (error) {
    const now = await trust({ fresh: true });
    if (now === ca) throw error;
    return handshake(await open(), names, now);
  }
}

/** Any name by which this very server is known inside its cluster is right for its certificate. */
function handshake(raw: Duplex, names: readonly string[], ca: string | undefined): Promise<tls.TLSSocket> {
  const checkServerIdentity = (_host: string, certificate: tls.PeerCertificate) => {
    const results = names.map((name) => checkIdentity(name, certificate));
    return results.includes(undefined) ? undefined : results[0];
  };
  return connected(raw, {
    servername: names[0] ?? "",
    checkServerIdentity,
    ...(ca === undefined ? { secureContext: systemTrust(process.env).secureContext } : { ca, allowPartialTrustChain: true }),
  });
}

function connected(raw: Duplex, options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ socket: raw, ...checked, ...options });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    raw.once("error", reject);
  });
}
