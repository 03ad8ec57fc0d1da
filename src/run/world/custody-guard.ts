import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { KeysWriter } from "../../systems/world.ts";
import { clusterIdOf } from "./cluster-id.ts";
import type { VaultRequest, VaultRoute, VaultServer } from "../../systems/vault/server.ts";

/** How long an unsealed server may take to tell its cluster, in milliseconds. */
const tellMs = 5_000;

export interface Guarded {
  readonly keys: KeysWriter;
  readonly route: VaultRoute;
  /** Whether this run initialised the Vault of these keys. */
  readonly wasMade: () => boolean;
}

/**
 * Has no token of custody go to a server of another Vault than the one that the keys belong to, once its cluster_id is known: whatever answers in
 * that place now. Tokens from elsewhere are their owner's to send.
 */
export function guarded(keys: KeysWriter, route: VaultRoute): Guarded {
  const ofCustody = new Set<string>();
  let made = false;
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
      keep: (answer) => {
        made = true;
        return keys.keep(answer);
      },
      keepToken: (token) => {
        note(token);
        return keys.keepToken(token);
      },
    },
    route: { ...route, server: async () => guard(await route.server()) },
    wasMade: () => made,
  };
}

/** One that was unsealed a moment ago does not tell it yet. Undefined where it never does. Throws HttpFailure. */
const clusterOf = (server: VaultServer): Promise<string | undefined> =>
  untilSettled(
    () => clusterIdOf(server),
    (id) => id !== undefined,
    { withinMs: tellMs, everyMs: 200 },
  );

const another = (keys: KeysWriter, server: VaultServer, recorded: string, found: string | undefined) =>
  failure(kinds.splitBrain, {
    what: `The token of ${keys.describe()} is not sent to ${server.title}: that is another Vault`,
    why: `The keys belong to the Vault with cluster_id ${recorded}. ${found === undefined ? "What answers tells none" : `What answers is ${found}`}.`,
    fix: "If the Vault of these keys is gone for ever, move them away, with all files beside them that begin with their name. Else find out what runs in its place, or name other keys with --init-file.",
  });
