import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { KeysWriter } from "../../systems/world.ts";
import type { VaultRequest, VaultRoute, VaultServer } from "../../systems/vault/server.ts";

/** How long an unsealed server may take to tell its cluster, in milliseconds. */
const tellMs = 5_000;

export interface Guarded {
  readonly keys: KeysWriter;
  readonly route: VaultRoute;
}

/**
 * Has no token of custody go to a server of another Vault than the one that the keys belong to, once its cluster_id is known: whatever answers in
 * that place now. Tokens from elsewhere are their owner's to send.
 */
export function guarded(keys: KeysWriter, route: VaultRoute): Guarded {
  const ofCustody = new Set<string>();
  const note = (token: string | undefined): void => void (token !== undefined && token !== "" && ofCustody.add(token));
  const clusterIds = new WeakMap<VaultServer, Promise<string | undefined>>();
  const known = new WeakMap<VaultServer, VaultServer>();
  const check = async (server: VaultServer, { headers }: VaultRequest): Promise<void> => {
    if (!ofCustody.has(headers["X-Vault-Token"] ?? "")) return;
    const recorded = await keys.vaultClusterId();
    if (recorded === undefined) return;
    const asked = clusterIds.get(server) ?? clusterOf(server);
    clusterIds.set(server, asked);
    const found = await asked.catch((error: unknown) => {
      clusterIds.delete(server);
      throw error;
    });
    if (found !== recorded) throw another(keys, server, recorded, found);
  };
  const guard = (server: VaultServer): VaultServer => {
    const one = known.get(server) ?? {
      ...server,
      send: async (request) => {
        await check(server, request);
        return server.send(request);
      },
      open: async (request) => {
        await check(server, request);
        return server.open(request);
      },
    };
    known.set(server, one);
    return one;
  };
  return {
    keys: {
      ...keys,
      read: async () => {
        const found = await keys.read();
        note(found?.root_token);
        return found;
      },
      token: async () => {
        const found = await keys.token();
        note(found);
        return found;
      },
      keepToken: (token) => {
        note(token);
        return keys.keepToken(token);
      },
    },
    route: { ...route, server: async () => guard(await route.server()) },
  };
}

/** A server tells it without a token. Undefined where it does not. Throws HttpFailure. */
async function clusterOf(server: VaultServer): Promise<string | undefined> {
  if (server.clusterId !== undefined) return server.clusterId;
  const ask = async (): Promise<unknown> => {
    const { json } = await server.send({ method: "GET", path: "sys/seal-status", headers: { "X-Vault-Request": "true" } });
    return (json as { cluster_id?: unknown } | null | undefined)?.cluster_id;
  };
  const found = await untilSettled(ask, (id) => typeof id === "string", { withinMs: tellMs, everyMs: 200 });
  return typeof found === "string" ? found : undefined;
}

const another = (keys: KeysWriter, server: VaultServer, recorded: string, found: string | undefined) =>
  failure(kinds.splitBrain, {
    what: `The token of ${keys.describe()} is not sent to ${server.title}: that is another Vault`,
    why: `The keys belong to the Vault with cluster_id ${recorded}. ${found === undefined ? "What answers tells none" : `What answers is ${found}`}.`,
    fix: "If the Vault of these keys is gone for ever, move them away, with all files beside them that begin with their name. Else find out what runs in its place, or name other keys with --init-file.",
  });
