import type { KubeConnection } from "./connection.ts";
import type { HeldContext } from "./context.ts";

/**
 * A held context as the text of a kubeconfig, for a program that takes nothing else. What its exec plugin gave stands in it instead of the
 * plugin: no other program runs that.
 * @throws CliError VK1104 where the plugin gives nothing
 */
export async function kubeconfigText({ name, cluster, user }: HeldContext, connection: KubeConnection): Promise<string> {
  const { headers, agent } = await connection.prepare();
  const { cert, key } = (agent as unknown as { readonly options: Shown }).options;
  const token = /^Bearer (.+)$/.exec(String(headers["Authorization"] ?? ""))?.[1];
  const { exec: _, ...known } = user ?? {};
  const given = { token, "client-certificate-data": base64(cert), "client-key-data": base64(key) };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster }],
    users: [{ name, user: { ...known, ...(user?.exec == null ? {} : given) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}

/** The client certificate that an agent shows, as client-node puts it there. */
interface Shown {
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
}

const base64 = (pem: string | Buffer | undefined): string | undefined =>
  pem === undefined ? undefined : Buffer.from(pem as string).toString("base64");
