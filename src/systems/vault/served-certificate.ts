import net from "node:net";
import tls from "node:tls";
import type { Duplex } from "node:stream";
import { dialThrough, type Destination } from "../http/proxy-dial.ts";
import type { ServedCertificate } from "../world.ts";
import { clean } from "../words.ts";

const withinMs = 10_000;

/**
 * The certificate that a server shows in a TLS handshake, whether or not it is trusted: nothing is sent after the handshake. Undefined
 * where there is none within ten seconds.
 * @param name what is asked for (SNI); left out for an IP address.
 */
export async function servedCertificate(open: () => Promise<Duplex>, name: string | undefined): Promise<ServedCertificate | undefined> {
  const stream = await open().catch(() => undefined);
  if (stream === undefined) return undefined;
  const socket = tls.connect({
    socket: stream,
    rejectUnauthorized: false,
    ...(name === undefined || net.isIP(name) !== 0 ? {} : { servername: name }),
  });
  try {
    return await shown(socket, stream);
  } finally {
    socket.destroy();
    stream.destroy();
  }
}

function shown(socket: tls.TLSSocket, stream: Duplex): Promise<ServedCertificate | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), withinMs);
    const end = (found: ServedCertificate | undefined): void => {
      clearTimeout(timer);
      resolve(found);
    };
    socket.once("secureConnect", () => end(facts(socket)));
    for (const source of [socket, stream]) source.on("error", () => end(undefined)).once("close", () => end(undefined));
  });
}

/** What OpenSSL says of a chain that ends at nobody whom it knows: https://docs.openssl.org/3.0/man1/openssl-verification-options/ */
const unknownIssuer = /^(UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED)/;

function facts(socket: tls.TLSSocket): ServedCertificate | undefined {
  const { subject, issuer, valid_to: until } = socket.getPeerCertificate();
  const pem = socket.getPeerX509Certificate()?.toString();
  const notAfter = new Date(until);
  if (Number.isNaN(notAfter.getTime()) || pem === undefined) return undefined;
  // Node's own list was compared: it has the public authorities, and none of this machine's.
  const ofPublicAuthority = !unknownIssuer.test(String(socket.authorizationError ?? ""));
  return { subject: named(subject), issuer: named(issuer), notAfter, pem, ofPublicAuthority };
}

/** The common name, else the organisation. */
function named(who: tls.Certificate | undefined): string {
  const name: unknown = who?.CN ?? who?.O ?? "";
  return clean(Array.isArray(name) ? name.join(", ") : String(name));
}

/** A plain connection to the host of an address. */
export function dial(url: URL, proxy: URL | undefined): Promise<Duplex> {
  const to = { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 443) };
  return proxy === undefined ? directly(to) : dialThrough(proxy, to);
}

const directly = (to: Destination): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(to);
    const timer = setTimeout(() => socket.destroy(new Error("not accepted")), withinMs);
    socket.once("close", () => clearTimeout(timer)).once("error", reject);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", reject);
      resolve(socket);
    });
  });
