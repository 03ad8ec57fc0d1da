import type { VaultServer } from "../../systems/vault/server.ts";

/** The cluster_id of a server, which it tells without a token. Undefined while it is sealed, and where it tells none. Throws HttpFailure. */
export async function clusterIdOf(server: VaultServer): Promise<string | undefined> {
  if (server.clusterId !== undefined) return server.clusterId;
  const { json } = await server.send({ method: "GET", path: "sys/seal-status", headers: { "X-Vault-Request": "true" } });
  const id = (json as { cluster_id?: unknown } | null | undefined)?.cluster_id;
  return typeof id === "string" ? id : undefined;
}
