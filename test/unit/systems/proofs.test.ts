import { describe, expect, test } from "vitest";
import { proofsFromHere } from "../../../src/systems/proofs.ts";
import type { ReviewResult } from "../../../src/systems/world.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { canary, serve } from "./server.ts";

const authority = new Authority("cluster");
const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview" };

type Reply = { status?: number; json?: unknown; text?: string };

async function ask(
  reply: Reply,
  more: { hosts?: string[]; host?: string; ca?: string } = {},
): Promise<{ result: ReviewResult; sent: string[] }> {
  const { url, seen } = await serve(() => reply, authority.issue(more.hosts ?? ["kubernetes.default.svc"]));
  const question = {
    host: more.host ?? "https://kubernetes.default.svc",
    connectTo: url,
    ca: more.ca ?? authority.ca,
    reviewerToken: canary,
    token: `${canary}-client`,
    audiences: ["vault"],
  };
  const result = await proofsFromHere({ env: {}, timeoutMs: 2_000 }).review(question);
  expect(JSON.stringify(result)).not.toContain(canary);
  return { result, sent: seen.map(({ path, headers, body }) => `${path} ${headers.authorization ?? ""} ${body}`) };
}

test("asks as Vault does, with the reviewer's token and the audiences", async () => {
  const { result, sent } = await ask({
    status: 201,
    json: { ...review, status: { authenticated: true, user: { username: "system:serviceaccount:a:b" } } },
  });
  expect(result).toEqual({ kind: "authenticated", username: "system:serviceaccount:a:b" });
  expect(sent[0]).toMatch(new RegExp(`^/apis/authentication.k8s.io/v1/tokenreviews Bearer ${canary} .*"audiences":\\["vault"\\]`));
});

test.each([
  ["not-authenticated", { status: 201, json: { ...review, status: { error: `[invalid bearer token ${canary}]` } } }],
  ["token-unknown", { status: 401, json: { message: "Unauthorized" } }],
  ["reviewer-refused", { status: 403, json: { message: 'User "x" cannot create resource "tokenreviews"' } }],
  ["unreachable", { status: 404, text: "<html>" }],
  ["unreachable", { status: 200, text: "hello" }],
] as const)("%s", async (kind, reply) => {
  expect((await ask(reply)).result.kind).toBe(kind);
});

test("a certificate of another CA, or for another name, is not trusted, and nothing is sent", async () => {
  for (const more of [{ ca: new Authority("other").ca }, { hosts: ["other.example"] }, { host: "https://10.0.0.9:6443" }]) {
    const { result, sent } = await ask({ json: {} }, more);
    expect([result.kind, sent]).toEqual(["untrusted", []]);
  }
});

test("plain http never gets the reviewer's token", async () => {
  expect((await ask({ json: {} }, { host: "http://10.0.0.9:6443" })).result.kind).toBe("untrusted");
});

test("an address counts when it is in the certificate", async () => {
  const { result } = await ask(
    { status: 201, json: { ...review, status: { authenticated: true, user: { username: "u" } } } },
    { host: "https://10.20.0.1:6443", hosts: ["10.20.0.1"] },
  );
  expect(result.kind).toBe("authenticated");
});

test("nothing there", async () => {
  const result = await proofsFromHere({ env: {}, timeoutMs: 2_000 }).review({
    host: "https://127.0.0.1:9",
    ca: authority.ca,
    reviewerToken: canary,
    token: canary,
    audiences: [],
  });
  expect(result).toEqual({ kind: "unreachable", reason: "the connection was refused" });
});

describe("Vault at an address", () => {
  const health = { initialized: true, sealed: false, standby: false, version: "1.21.0" };
  const at = async (reply: Reply, more: { host?: string; ca?: string | undefined } = {}) => {
    const { url, seen } = await serve(() => reply, authority.issue([more.host ?? "127.0.0.1"]));
    const question = { address: `${url}/`, ca: authority.ca, ...more };
    return { found: await proofsFromHere({ env: {}, timeoutMs: 2_000 }).vaultAt(question), seen };
  };

  test("is asked for its health, without a token", async () => {
    const { found, seen } = await at({ json: health });
    expect(found).toEqual({ kind: "vault", version: "1.21.0" });
    expect(seen.map(({ method, path }) => `${method} ${path.split("?")[0]}`)).toEqual(["GET /v1/sys/health"]);
    expect(Object.keys(seen[0]?.headers ?? {}).filter((name) => /token|authorization/.test(name))).toEqual([]);
  });

  test.each([
    ["another CA", { ca: new Authority("other").ca }, /certificate/],
    ["no public authority", { ca: undefined }, /certificate/],
    ["another name", { host: "vault.example.com" }, /IP/],
  ])("is not trusted with %s, and is asked nothing", async (_, more, words) => {
    const { found, seen } = await at({ json: health }, more);
    expect([found, seen]).toEqual([{ kind: "none", reason: expect.stringMatching(words) as string }, []]);
  });

  test("is asked as pods ask it: without the client certificate of a person", async () => {
    const people = new Authority("people");
    const asks = { requestCert: true, rejectUnauthorized: true, ca: people.ca };
    const { url } = await serve(() => ({ json: health }), { ...authority.issue(["127.0.0.1"]), ...asks } as never);
    const proofs = proofsFromHere({ env: {}, client: people.issue(["me"]), timeoutMs: 2_000 });
    expect(await proofs.vaultAt({ address: url, ca: authority.ca })).toEqual({ kind: "asks-for-certificate" });
  });

  test("is not whatever else answers there, or nothing", async () => {
    expect((await at({ status: 404, text: "<html>" })).found).toEqual({ kind: "none", reason: "what answers (404) is not Vault" });
    expect(await proofsFromHere({ env: {} }).vaultAt({ address: "http://127.0.0.1:1", ca: undefined })).toEqual({
      kind: "none",
      reason: "the connection was refused",
    });
  });
});
