import { afterEach, expect, test } from "vitest";
import { profiles, type Profile } from "../../fakes/vault/profile.ts";
import { FakeVault } from "../../fakes/vault/vault.ts";
import { Line } from "../../fakes/wire/line.ts";
import { parsed } from "../../fakes/wire/json.ts";
import { send, vaultToken } from "../send.ts";

// What OpenBao 2.6.2 was seen to answer, and what the docs of Vault 2 say, where both differ from Vault 1.21 (probes/).

let vault: FakeVault;
let token = "";

const started = async (name: Profile["name"]): Promise<void> => {
  vault = (await new FakeVault({ line: new Line(), profile: profiles[name] }).start()).ready();
  token = [...vault.storage.tokens.keys()][0]!;
};
afterEach(() => vault.stop());

const ask = async (method: string, path: string, body?: unknown, as = token): Promise<[number, unknown]> => {
  const { status, text } = await send(`${vault.node("vault-1").url}/v1/${path}`, { method, path, body }, vaultToken(as));
  return [status, parsed(text)];
};

test.each(["vault-2", "openbao-2.6"] as const)("%s generates root for who may, in .data or at the top", async (name) => {
  await started(name);
  const { path, enveloped } = profiles[name].rootGeneration;
  const inside = (answer: unknown): Record<string, unknown> =>
    (enveloped ? (answer as { data: unknown }).data : answer) as Record<string, unknown>;
  expect((await ask("GET", `${path}/attempt`, undefined, ""))[0]).toBe(403);
  const [status, begun] = await ask("POST", `${path}/attempt`, {});
  const { nonce, otp, otp_length: length } = inside(begun);
  expect([status, String(otp).length]).toEqual([200, length]);
  const { shares } = vault.storage;
  for (const key of shares.slice(0, 2)) expect((await ask("POST", `${path}/update`, { key, nonce }))[0]).toBe(200);
  const [, last] = await ask("POST", `${path}/update`, { key: shares[2], nonce });
  const encoded = Buffer.from(String(inside(last)["encoded_token"]), "base64");
  const made = Buffer.from(encoded.map((byte, index) => byte ^ String(otp).charCodeAt(index))).toString();
  expect(made.startsWith(profiles[name].tokenPrefix)).toBe(true);
  expect(await ask("GET", "auth/token/lookup-self", undefined, made)).toMatchObject([
    200,
    { data: { policies: ["root"], path: "auth/token/root" } },
  ]);
});

test("OpenBao 2.6 serves nothing at the old paths, leaves out what is false, and takes no audit device by a request", async () => {
  await started("openbao-2.6");
  expect(await ask("GET", "sys/generate-root/attempt", undefined, "")).toEqual([405, { errors: ["unsupported operation"] }]);
  expect(token.startsWith("s.")).toBe(true);
  const [, leader] = await ask("GET", "sys/leader");
  expect(leader).toEqual({
    ha_enabled: true,
    active_time: expect.any(String) as string,
    leader_address: expect.any(String) as string,
    leader_cluster_address: expect.any(String) as string,
    raft_committed_index: 40,
    raft_applied_index: 40,
  });
  expect((await ask("POST", "sys/audit/x", { type: "file", options: { file_path: "stdout" } }))[0]).toBe(400);
});
