import { callFromCluster } from "../wire/call.ts";
import { asObject, asText, at, parsed, type JsonObject } from "../wire/json.ts";
import type { Cluster } from "./cluster.ts";

/** A login of an operator, and what it reads with it. */
export interface Session {
  readonly token: string;
  read(path: string): Promise<JsonObject | undefined>;
}

/** Logs in to Vault from inside a cluster. */
export async function vaultSession(
  { names }: Cluster,
  at_: { server: string; ca?: string | undefined; mount: string; role: string; jwt: string },
): Promise<Session | undefined> {
  const { server, ca, mount, role, jwt } = at_;
  const ask = (method: string, path: string, headers: Record<string, string>, body?: JsonObject) =>
    callFromCluster(names, { method, url: `${server}/v1/${path}`, headers, body, ca }).catch(() => undefined);
  const login = await ask("POST", `auth/${mount}/login`, {}, { role, jwt });
  const token = login?.status === 200 ? asText(at(parsed(login.text), "auth", "client_token")) : "";
  if (token === "" || (await ask("GET", "auth/token/lookup-self", { "x-vault-token": token }))?.status !== 200) return undefined;
  const read = async (path: string): Promise<JsonObject | undefined> => {
    const answer = await ask("GET", path, { "x-vault-token": token });
    return answer?.status === 200 ? asObject(at(parsed(answer.text), "data", "data")) : undefined;
  };
  return { token, read };
}
