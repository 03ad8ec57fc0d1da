import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeVault } from "../../fakes/vault/vault.ts";
import { Line } from "../../fakes/wire/line.ts";
import { probe, type Have, type Target } from "../same-as-real.ts";
import { get, post, vault as asks } from "../probes/words.ts";
import { send } from "../send.ts";

// What a real Vault 1.21 was seen to answer on a node that is new, and on one that came back sealed.

let vault: FakeVault;
let node = "vault-0";
const have: Have = {};
const target: Target = {
  vault: (asked) => send(`${vault.node(node).url}/v1/${asked.path}`, asked, {}),
  kube: () => Promise.reject(new Error("not asked")),
};

beforeEach(async () => {
  vault = await new FakeVault({ line: new Line() }).start();
  node = "vault-0";
});
afterEach(() => vault.stop());

const key = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(33))).toString("base64");
const sealedWords = { is: { errors: ["Vault is sealed"] } };

test.each([
  asks("seal status", get("sys/seal-status"), 200, { is: { initialized: false, sealed: true, t: 0, n: 0 } }),
  asks("health", get("sys/health"), 501, { is: { initialized: false, sealed: true, standby: true } }),
  asks("leader", get("sys/leader"), 503, sealedWords),
  asks("anything else", get("sys/mounts"), 503, sealedWords),
  asks("a login", post("auth/k8s/login", { role: "x", jwt: "y" }), 503, sealedWords),
  asks("init", get("sys/init"), 200, { is: { initialized: false } }),
  asks("reset", post("sys/unseal", { reset: true }), 200, { is: { sealed: true } }),
  asks("unseal", post("sys/unseal", { key: key() }), 400, { is: { errors: ["Vault is not initialized"] } }),
  asks("join nobody", post("sys/storage/raft/join", { leader_api_addr: "http://vault-1.vault-internal:8200" }), 500, {
    is: { errors: ["failed to join raft cluster: failed to get raft challenge"] },
  }),
  asks("no threshold", post("sys/init", { secret_shares: 5 }), 400, { says: /invalid seal configuration: threshold must be at least one/ }),
  asks("no shares", post("sys/init", {}), 400, { says: /shares must be at least one/ }),
  asks("a threshold of one", post("sys/init", { secret_shares: 5, secret_threshold: 1 }), 400, {
    says: /threshold must be greater than one for multiple shares/,
  }),
])("a new node: $name", (one) => probe(target, one, have));

test("a node that came back sealed takes its own shares only, and forgets wrong ones", async () => {
  const { shares } = vault.ready().storage;
  vault.node("vault-2").restart();
  node = "vault-2";
  const unseal = (share: string, status: number, rest: object) =>
    probe(target, asks("unseal", post("sys/unseal", { key: share }), status, rest), have);
  await probe(target, asks("health", get("sys/health"), 503, { is: { initialized: true, sealed: true } }), have);
  await probe(target, asks("leader", get("sys/leader"), 503, sealedWords), have);
  await unseal(shares[0]!, 200, { is: { progress: 1 } });
  await unseal(shares[0]!, 200, { is: { progress: 1 } });
  await unseal(shares[1]!, 200, { is: { progress: 2 } });
  await unseal(key(), 400, { says: /invalid key: failed to decrypt keys from storage/ });
  await unseal("00", 400, { says: /'key' must be a valid hex or base64 string/ });
  for (const [index, share] of shares.slice(2).entries()) await unseal(share, 200, { is: { sealed: index < 2 } });
  expect(vault.node("vault-2").sealed).toBe(false);
});
