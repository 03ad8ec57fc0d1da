import { expect, onTestFinished, test } from "vitest";
import { NotYet } from "../../../src/core/errors.ts";
import { kinds } from "../../../src/errors.ts";
import { addressRoute, addressServer } from "../../../src/systems/vault/address.ts";
import { vaultClient } from "../../../src/systems/vault/client.ts";
import type { VaultWriter } from "../../../src/systems/world.ts";
import { canary, failsWith, serve, type Seen } from "./server.ts";

type Reply = { status?: number; json?: unknown; text?: string; headers?: Record<string, string> };

/** A Vault that answers as the test says, and a client of it. */
async function vault(
  answer: (seen: Seen) => Reply,
  { namespace, timeoutMs = 5_000 }: { namespace?: string; timeoutMs?: number } = {},
): Promise<{ client: VaultWriter; seen: Seen[]; url: string }> {
  const { url, seen } = await serve((one) => answer(one));
  const agents = new Set<{ destroy(): void }>();
  onTestFinished(() => agents.forEach((agent) => agent.destroy()));
  const server = addressServer(`${url}/`, { env: {}, timeoutMs, agents: agents as never });
  const client = vaultClient({
    route: addressRoute(server),
    namespace,
    token: () => Promise.resolve(canary),
    patience: { firstPauseMs: 1, atMostMs: 200 },
  });
  return { client, seen, url };
}

const errors = (...words: string[]): unknown => ({ errors: words });
const permissionDenied = { status: 403, json: errors("1 error occurred:\n\t* permission denied\n\n") };

test("sends what every request carries, and no namespace unless one is set", async () => {
  const { client, seen } = await vault(() => ({ json: { request_id: "1", data: { a: 1 }, warnings: ["mind this"] } }));
  expect(await client.get("sys/auth")).toEqual({ data: { a: 1 }, warnings: ["mind this"] });
  expect(seen[0]).toMatchObject({ method: "GET", path: "/v1/sys/auth", headers: { "x-vault-request": "true", "x-vault-token": canary } });
  expect(seen[0]?.headers).not.toHaveProperty("x-vault-namespace");
});

test("joins paths cleanly, and encodes what is in them", async () => {
  const { client, seen } = await vault(() => ({ status: 404, json: errors() }));
  await client.get("/kv//data/team a/50%/what?/ü");
  await client.get("kv/metadata/x/?list=true");
  expect(seen.map(({ path }) => path)).toEqual(["/v1/kv/data/team%20a/50%25/what%3F/%C3%BC", "/v1/kv/metadata/x?list=true"]);
  await failsWith(client.get("kv/data/../../sys/auth"), kinds.badValue);
});

test("what is not there is undefined, however Vault says it", async () => {
  const answers: Reply[] = [
    { status: 404, json: errors() },
    { status: 404, json: { data: { data: null, metadata: {} } } },
    { status: 404, json: errors('no handler for route "x". route entry not found.') },
    { status: 400, json: errors("No secret engine mount at x/") },
    { status: 400, json: errors("No auth engine at x/") },
  ];
  const { client } = await vault(() => answers.shift()!);
  while (answers.length > 0) expect(await client.get("x")).toBeUndefined();
});

test("an answer without an envelope is data as a whole, and 204 is empty", async () => {
  const answers: Reply[] = [{ json: { sealed: false } }, { status: 204 }];
  const { client } = await vault(() => answers.shift()!);
  expect((await client.get("sys/seal-status"))?.data).toEqual({ sealed: false });
  expect(await client.post("sys/auth/x", { type: "kubernetes" })).toEqual({ data: {}, warnings: [] });
});

test("a token that Vault does not know, and one that may not", async () => {
  const bad = await vault(() => ({ status: 403, json: errors("2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n") }));
  await failsWith(bad.client.get("sys/auth"), kinds.vaultBadToken);
  const poor = await vault(({ path, body }) =>
    path === "/v1/sys/capabilities-self"
      ? { json: { request_id: "1", data: { [(JSON.parse(body) as { paths: string[] }).paths[0]!]: ["read", "update"] } } }
      : permissionDenied,
  );
  const error = await failsWith(poor.client.post("sys/auth/k8s-x", { type: "kubernetes" }), kinds.vaultDenied);
  expect(error.why).toContain("lacks: sudo");
  expect(error.fix).toContain('path "sys/auth/k8s-x" { capabilities = ["sudo"] }');
});

test("where even the capabilities are refused, what the request needs is named", async () => {
  const { client } = await vault(() => permissionDenied);
  expect((await failsWith(client.post("kv/data/a", { data: { password: canary } }), kinds.vaultDenied)).why).toContain("create, update");
  expect((await failsWith(client.get("kv/metadata/?list=true"), kinds.vaultDenied)).why).toContain("lacks: list");
  await failsWith(client.remove("sys/auth/x"), kinds.vaultDenied);
});

test("sealed and not initialised are told apart, and may be mended by an earlier step", async () => {
  const state = { initialized: true, sealed: true };
  const { client } = await vault(({ path }) =>
    path === "/v1/sys/seal-status" ? { json: state } : { status: 503, json: errors("Vault is sealed") },
  );
  expect(await failsWith(client.get("sys/auth"), kinds.vaultSealed)).toBeInstanceOf(NotYet);
  state.initialized = false;
  expect(await failsWith(client.get("sys/auth"), kinds.vaultUninitialised)).toBeInstanceOf(NotYet);
});

test("the words of Vault are printed without control characters and without the token or a secret of the request", async () => {
  const { client } = await vault(() => ({ status: 400, json: errors(`\u001b[2Jbad ${canary}\n${"x".repeat(2000)}`) }));
  const error = await failsWith(client.post("auth/x/config", { token_reviewer_jwt: "eyJhbGci.reviewer" }), kinds.vaultRejected);
  expect(error.why).toMatch(/^bad \[hidden\] x+…$/);
  const echo = await vault(({ body }) => ({ status: 500, json: errors(body) }));
  expect(
    (await failsWith(echo.client.post("auth/x/config", { token_reviewer_jwt: "eyJhbGci.reviewer" }), kinds.vaultFailed)).why,
  ).not.toContain("eyJhbGci");
});

test("what is not Vault is told, and no redirect gets the token", async () => {
  const page = await vault(() => ({ text: `<html>${canary}</html>` }));
  await failsWith(page.client.get("sys/auth"), kinds.vaultGarbage);
  const thief = await serve(() => ({ json: {} }));
  const moved = await vault(() => ({ status: 302, headers: { location: `${thief.url}/login?token=${canary}` } }));
  expect((await failsWith(moved.client.get("sys/auth"), kinds.vaultGarbage)).why).toContain(thief.url);
  expect(thief.seen).toHaveLength(0);
});

test("nothing listens, and nothing answers in time", async () => {
  const slow = await vault(() => undefined as unknown as Reply, { timeoutMs: 50 });
  await failsWith(slow.client.get("sys/auth"), kinds.vaultUnreachable);
  const server = addressServer("http://127.0.0.1:9", { env: {}, timeoutMs: 1_000, agents: new Set() });
  const client = vaultClient({ route: addressRoute(server), namespace: undefined, token: () => Promise.resolve(canary), patience: {} });
  await failsWith(client.get("sys/auth"), kinds.vaultUnreachable);
});

test("waits out what passes by itself: a KV upgrade, an election, replication, a rate limit", async () => {
  const passing: Reply[] = [
    {
      status: 400,
      json: errors(
        "Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service shortly.",
      ),
    },
    { status: 500, json: errors("local node not active but active cluster node not found") },
    { status: 412, json: errors("required index state not present") },
    { status: 429, json: errors("rate limit quota exceeded"), headers: { "retry-after": "0" } },
    { status: 502, text: "bad gateway" },
  ];
  const { client, seen } = await vault(() => passing.shift() ?? { json: { request_id: "1", data: { done: true } } });
  expect((await client.post("kv/data/x", { data: {} })).data).toEqual({ done: true });
  expect(seen).toHaveLength(6);
});

test("gives up when it does not pass, with Vault's words", async () => {
  const { client } = await vault(() => ({ status: 429, json: errors("rate limit quota exceeded") }));
  expect((await failsWith(client.get("x"), kinds.vaultRejected)).why).toContain("rate limit");
});

test("a refused or failed write is sent once", async () => {
  const { client, seen } = await vault(({ method }) =>
    method === "POST" ? { status: 500, json: errors("internal error") } : { json: {} },
  );
  await failsWith(client.post("sys/auth/x", {}), kinds.vaultFailed);
  expect(seen).toHaveLength(1);
});

test("Community Edition ignores namespaces: setting one is refused before anything else is sent", async () => {
  const { client, seen } = await vault(
    () => ({ json: { initialized: true, sealed: false, standby: false, version: "1.21.0", enterprise: false } }),
    { namespace: "team-a" },
  );
  await failsWith(client.post("sys/auth/x", {}), kinds.vaultNamespace);
  expect(seen.map(({ path }) => path.replace(/\?.*/, ""))).toEqual(["/v1/sys/health"]);
  expect(seen[0]?.headers).not.toHaveProperty("x-vault-namespace");
});

test.each([
  ["Vault Enterprise", { version: "1.21.0+ent", enterprise: true }],
  ["OpenBao 2.3", { version: "2.3.0" }],
])("%s has namespaces, and is asked once", async (_, facts) => {
  const { client, seen } = await vault(
    ({ path }) => ({
      json: path.startsWith("/v1/sys/health")
        ? { initialized: true, sealed: false, standby: false, ...facts }
        : { request_id: "1", data: {} },
    }),
    { namespace: "team-a" },
  );
  await client.get("sys/auth");
  await client.get("sys/mounts");
  expect(seen.map(({ headers }) => headers["x-vault-namespace"])).toEqual([undefined, "team-a", "team-a"]);
});

test("a login carries no token of the run, and says Vault's reason", async () => {
  const { client, seen } = await vault(({ body }) =>
    body.includes("nobody")
      ? { status: 400, json: errors('invalid role name "nobody"') }
      : body.includes("other")
        ? { status: 403, json: errors("service account name not authorized") }
        : { json: { auth: { client_token: "hvs.login", policies: ["default", "p"] } } },
  );
  expect(await client.login("k8s-x", "role", "a.b.c")).toEqual({ token: "hvs.login", policies: ["default", "p"] });
  expect(seen[0]?.headers).not.toHaveProperty("x-vault-token");
  expect((await failsWith(client.login("k8s-x", "nobody", "a.b.c"), kinds.vaultRejected)).why).toContain("invalid role name");
  expect((await failsWith(client.login("k8s-x", "other", canary), kinds.vaultDenied)).why).toBe("service account name not authorized");
});

test("with a login's token: found, absent, denied, and revoked even when it is gone", async () => {
  const { client, seen } = await vault(({ path, headers }) => {
    if (path.endsWith("revoke-self")) return { status: 403, json: errors("permission denied", "invalid token") };
    if (path.endsWith("mine")) return { json: { request_id: "1", data: { token: headers["x-vault-token"] } } };
    return path.endsWith("nothing") ? { status: 404, json: errors() } : { ...permissionDenied };
  });
  expect(await client.getAs("hvs.login", "kv/mine")).toMatchObject({ kind: "found", answer: { data: { token: "hvs.login" } } });
  expect(await client.getAs("hvs.login", "kv/nothing")).toEqual({ kind: "absent" });
  expect(await client.getAs("hvs.login", "kv/others")).toEqual({ kind: "denied", reason: "permission denied" });
  await client.revoke("hvs.login");
  expect(seen.every(({ headers }) => headers["x-vault-token"] === "hvs.login")).toBe(true);
});
