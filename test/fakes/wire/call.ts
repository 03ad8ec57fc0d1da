import { request as httpRequest } from "node:http";
import { isIP } from "node:net";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { fromClusterHeader } from "./exchange.ts";
import type { Names } from "./names.ts";

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly ca?: string | undefined;
}

/** A request from inside a cluster: names are those of the cluster, and TLS is checked as Vault checks it. Rejects when there is no answer. */
export function callFromCluster(names: Names, { method, url, headers, body, ca }: Call): Promise<{ status: number; text: string }> {
  const target = new URL(url);
  const { host, port } = names.dial(url);
  const options = {
    method,
    host,
    port,
    path: `${target.pathname}${target.search}`,
    // An address is no name for SNI: https://www.rfc-editor.org/rfc/rfc6066#section-3
    servername: isIP(target.hostname) === 0 ? target.hostname : "",
    ca,
    agent: false as const,
    headers: { host: target.host, "content-type": "application/json", [fromClusterHeader]: "yes", ...headers },
  };
  return new Promise((resolve, reject) => {
    const asked = (target.protocol === "https:" ? httpsRequest : httpRequest)(options, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, text: answer }), reject);
    });
    asked.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
