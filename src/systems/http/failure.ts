import { clean } from "../words.ts";

/**
 * `unreachable`: nothing was sent; `lost`: the connection broke, the request may have been carried out. `unknown-client`: the server asks for a
 * client certificate, and got none that it takes.
 */
export type HttpFailureReason = "unreachable" | "unknown-client" | "untrusted" | "lost" | "timeout" | "too-large" | "malformed" | "aborted";

/** Why there was no answer. It is made new: nothing of the request, its headers or its body is in it. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly reason: HttpFailureReason;
  readonly code: string | undefined;

  constructor(reason: HttpFailureReason, message: string, code?: string) {
    super(message);
    this.reason = reason;
    this.code = code;
  }
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the DNS server did not answer",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  EADDRNOTAVAIL: "the address cannot be used from here",
  DIAL_TIMEOUT: "the connection was not accepted in time",
};

/** OpenSSL and Node name every failed check of a certificate by one of these. */
const certificate = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/;

/** Alerts by which a server refuses a client's certificate, or that there is none: https://www.rfc-editor.org/rfc/rfc8446#section-6.2 */
const refusesClient: ReadonlySet<number> = new Set([42, 43, 44, 45, 46, 48, 116]);

/** What a server's alert says of a client certificate. Below TLS 1.3 one that is missing may be told by no word of its own (40). */
function alertIn(code: string, message: string): string | undefined {
  if (code !== "EPROTO" && !code.startsWith("ERR_SSL_")) return undefined;
  const number = Number(/SSL alert number (\d+)/.exec(message)?.[1]);
  if (refusesClient.has(number)) return "it asks for a client certificate, and got none that it takes";
  return number === 40 ? "it refuses the TLS handshake, as servers do that ask for a client certificate" : undefined;
}

/**
 * What axios or Node threw, as a failure of ours. axios puts the request with its token into its errors, so only the code
 * is taken over, and the message where Node's own TLS checks, a tunnel or the way to a proxy wrote it.
 */
export function failureOf(error: unknown, { timedOut = false } = {}): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const { code, message } = codeAndMessage(error);
  if (timedOut || code === "ECONNABORTED" || code === "ETIMEDOUT") return new HttpFailure("timeout", "no answer came in time", code);
  if (code === "ERR_CANCELED") return new HttpFailure("aborted", "the request was interrupted", code);
  const sentence = unreachable[code];
  if (sentence !== undefined) return new HttpFailure("unreachable", sentence, code);
  if (["TUNNEL", "TUNNEL_CLOSED", "PROXY"].includes(code)) return new HttpFailure("unreachable", clean(message), code);
  if (certificate.test(code)) return new HttpFailure("untrusted", withoutAdvice(message), code);
  const alert = alertIn(code, message);
  if (alert !== undefined) return new HttpFailure("unknown-client", alert, code);
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) return new HttpFailure("malformed", tlsWords(message), code);
  if (code.startsWith("Z_")) return new HttpFailure("malformed", "the answer is compressed in a way that cannot be read", code);
  if (code.startsWith("HPE_")) return new HttpFailure("malformed", "the answer is not HTTP", code);
  if (message.includes("maxBodyLength")) return new HttpFailure("too-large", "the request is larger than 32 MiB", code);
  if (message.startsWith("maxContentLength")) return new HttpFailure("too-large", "the answer is larger than 32 MiB", code);
  return new HttpFailure("lost", code === "" ? "the connection broke" : `the connection broke (${clean(code)})`, code);
}

/** Node adds advice about its own flags after a semicolon. */
const withoutAdvice = (message: string): string => clean(message.replace(/; if the root CA.*$/s, ""));

function tlsWords(message: string): string {
  return /wrong version number|packet length too long|record layer/i.test(message) ? "it does not speak TLS" : "the TLS handshake failed";
}

function codeAndMessage(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "", message: "" };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { code, message: error.message };
}
