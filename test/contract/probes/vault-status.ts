import type { Probe } from "../same-as-real.ts";
import { get, post, vault } from "./words.ts";

const none = "";

/** An unsealed, active node of a cluster on integrated storage, with Shamir keys. */
export const vaultStatus: readonly Probe[] = [
  vault("seal status", get("sys/seal-status", none), 200, {
    is: {
      type: "shamir",
      initialized: true,
      sealed: false,
      t: 3,
      n: 5,
      progress: 0,
      nonce: "",
      recovery_seal: false,
      storage_type: "raft",
    },
    has: { version: "text", cluster_name: "text", cluster_id: "text", migration: "boolean", request_id: "nothing" },
  }),
  vault("health of the active node", get("sys/health", none), 200, {
    is: { initialized: true, sealed: false, standby: false, enterprise: false },
    has: { version: "text", cluster_id: "text", server_time_utc: "number" },
  }),
  vault("leader", get("sys/leader", none), 200, {
    is: { ha_enabled: true, is_self: true },
    has: { leader_address: "text", leader_cluster_address: "text" },
  }),
  vault("whether it is initialised", get("sys/init", none), 200, { is: { initialized: true } }),
  vault("a second init", post("sys/init", { secret_shares: 5, secret_threshold: 3 }, none), 400, {
    is: { errors: ["Vault is already initialized"] },
  }),
  vault("an init with a bad number of shares", post("sys/init", { secret_shares: 1, secret_threshold: 3 }, none), 400, {
    says: /invalid seal configuration/,
  }),
  vault("an init for another seal", post("sys/init", { recovery_shares: 5, recovery_threshold: 3 }, none), 400, {
    says: /not applicable to seal type shamir/,
  }),
  vault("unseal without a key", post("sys/unseal", {}, none), 400, {
    says: /'key' must be specified in request body as JSON, or 'reset' set to true/,
  }),
  vault("unseal of what is unsealed", post("sys/unseal", { key: "00".repeat(33) }, none), 200, { is: { sealed: false } }),
  vault("a key that is no key", post("sys/unseal", { key: "!!" }, none), 400, { says: /'key' must be a valid hex or base64 string/ }),
  vault("reset of what is unsealed", post("sys/unseal", { reset: true }, none), 400, { says: /vault is unsealed/ }),
  vault("a join of what has joined", post("sys/storage/raft/join", { leader_api_addr: "http://vault-0.vault-internal:8200" }, none), 200, {
    is: { joined: true },
  }),
  vault("a path with two slashes", get("sys//mounts"), 307),
];
