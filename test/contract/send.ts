import { request as http } from "node:http";
import { request as https, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import type { ProbeAnswer, ProbeRequest } from "./same-as-real.ts";

/** Sends the request of a probe as it is, with a header for the credential and, for https, what proves both sides. */
export function send(
  url: string,
  { method, body, type = "application/json" }: ProbeRequest,
  credential: Readonly<Record<string, string>>,
  tls: Pick<RequestOptions, "ca" | "cert" | "key"> = {},
): Promise<ProbeAnswer> {
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  // A DELETE with a body has no length unless it is said.
  const headers = { "content-type": type, ...(bytes !== undefined && { "content-length": bytes.length }), ...credential };
  return new Promise((resolve, reject) => {
    const ask = url.startsWith("https:") ? https : http;
    const asked = ask(url, { method, headers, agent: false, ...tls }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer }), reject);
    });
    asked.on("error", reject).end(bytes);
  });
}

/** The header of a credential; none for an empty one. */
export const vaultToken = (token: string): Record<string, string> => (token === "" ? {} : { "x-vault-token": token });
export const bearer = (token: string): Record<string, string> => (token === "" ? {} : { authorization: `Bearer ${token}` });
