import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import type { Plain } from "../../../src/core/compare.ts";
import { helmClient } from "../../../src/systems/helm/client.ts";
import { openKube } from "../../../src/systems/kube/open-kube.ts";
import { addressRoute, addressServer } from "../../../src/systems/vault/address.ts";
import { vaultClient } from "../../../src/systems/vault/client.ts";
import type { HelmRequest, KubeReader } from "../../../src/systems/world.ts";
import { Search } from "../../contract/canaries.ts";
import { errorOf, folder, serve } from "./server.ts";

// What a write sent is hidden when it is refused, in whatever form the refusal repeats it.

const secrets = {
  key: "f31yRbzUr+cshw+aW0/CJQ2Yg2dQVF+qTcPtsCOL7z2b",
  token: "s.Qw3rTyUiOpAsDfGhJkLzXcVb",
  password: 'p"ss\\w0rd<&>of-the-canary',
  short: "admin-canary",
  longer: "admin-canary-2024!Zx",
  pem: "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIcanarycanarycanary\nAwEHoUQDQgAEcanarycanary\n-----END EC PRIVATE KEY-----\n",
} as const;
const document = JSON.stringify({ unseal_keys_b64: [secrets.key], root_token: secrets.token, note: secrets.password }, undefined, 2);
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const goJson = (value: unknown): string => JSON.stringify(value).replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);

/** What servers, proxies and webhooks make of a request that they repeat. */
const repeats: Readonly<Record<string, (body: string) => string>> = {
  "as it is": (body) => body,
  "as Go writes JSON": (body) => goJson(JSON.parse(body)),
  "JSON in JSON": (body) => JSON.stringify(JSON.stringify({ request: body })),
  "in base64": (body) => base64(`object: ${body}`),
  "in a URL": (body) => `https://proxy/?body=${encodeURIComponent(body)}`,
  "in hex": (body) => Buffer.from(body).toString("hex").toUpperCase(),
  decoded: (body) => body.replace(/"([\w+/]{16,}={0,2})"/g, (_, value: string) => Buffer.from(value, "base64").toString()),
  "one value decoded, in JSON": (body) =>
    goJson({ value: body.replace(/^.*"([\w+/]{16,}={0,2})".*$/s, (_, value: string) => Buffer.from(value, "base64").toString()) }),
  wrapped: (body) => base64(body).replace(/.{60}/g, "$&\n  "),
};

function expectNothing(error: unknown): void {
  const search = new Search();
  search.lookFor([...Object.values(secrets), ...secrets.pem.split("\n").filter((line) => line.length > 15 && !line.startsWith("-----"))]);
  search.through("the error", inspect(error, { depth: 9, showHidden: true }));
  expect(search.leaks).toEqual([]);
}

async function kube(repeat: (body: string) => string) {
  const { url } = await serve(({ body }) => ({
    status: 422,
    json: {
      kind: "Status",
      apiVersion: "v1",
      code: 422,
      reason: "Invalid",
      message: `admission webhook "x.example.com" denied the request: ${repeat(body)}`,
      details: { causes: [{ reason: "FieldValueInvalid", field: "data", message: `Invalid value: ${repeat(body)}` }] },
    },
  }));
  const dir = await folder();
  const config = {
    clusters: [{ name: "prod", cluster: { server: url } }],
    users: [{ name: "me", user: {} }],
    contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
  };
  await writeFile(join(dir, "config"), stringify(config));
  const { client, wire } = await openKube({ kubeconfig: join(dir, "config"), cluster: "prod" }, { env: {}, timeoutMs: 5_000 });
  onTestFinished(() => wire.close());
  return client;
}

const secret = { apiVersion: "v1", kind: "Secret", name: "keys", namespace: "vault" };
const data = { "init.json": base64(document), "token.json": base64(JSON.stringify({ token: secrets.token })), pem: base64(secrets.pem) };

test.each(Object.entries(repeats))("a webhook that repeats the Secret that is written: %s", async (_, repeat) => {
  const client = await kube(repeat);
  expectNothing(await errorOf(client.patch(secret, { data })));
  expectNothing(await errorOf(client.apply({ ...secret, metadata: secret, data })));
  expectNothing(await errorOf(client.apply({ ...secret, metadata: secret, stringData: { a: secrets.longer, b: secrets.short } })));
});

test("a webhook's own words stay", async () => {
  const client = await kube(() => "Secrets of namespace vault must have the label team");
  expect(await errorOf(client.patch(secret, { data }))).toMatchObject({
    why: expect.stringContaining("Secrets of namespace vault must have the label team") as string,
  });
});

test.each(Object.entries(repeats))("a Vault or a proxy that repeats what is written to it: %s", async (_, repeat) => {
  const { url } = await serve(({ body }) => ({ status: 400, json: { errors: [`cannot parse ${repeat(body)}`] } }));
  const server = addressServer(url, { env: {}, timeoutMs: 5_000, agents: new Set() });
  const client = vaultClient({ route: addressRoute(server), namespace: undefined, token: async () => secrets.token, patience: {} });
  const { short, longer, password, pem, key } = secrets;
  expectNothing(await errorOf(client.post("kv/data/x", { data: { short, longer, password, pem, nested: { list: [key] } } })));
  expectNothing(await errorOf(client.post("auth/x/config", { token_reviewer_jwt: password })));
});

test("numbers of a secret are hidden too", async () => {
  const { url } = await serve(({ body }) => ({ status: 400, json: { errors: [body] } }));
  const server = addressServer(url, { env: {}, timeoutMs: 5_000, agents: new Set() });
  const client = vaultClient({ route: addressRoute(server), namespace: undefined, token: async () => secrets.token, patience: {} });
  const error = await errorOf(client.post("kv/data/x", { data: { pin: 4711081599, flag: true } }));
  expect(inspect(error)).not.toContain("4711081599");
});

const values = (): Plain => ({
  server: {
    ha: { raft: { config: `seal "transit" {\n  token = "${secrets.token}"\n  pin = "${secrets.longer}"\n}` } },
    password: secrets.password,
    url: `postgres://vault:${secrets.key}@db`,
  },
});

test.each(["install", "render", "values"] as const)("a helm that repeats what it was given, at %s", async (call) => {
  const dir = await folder();
  const program = join(dir, "helm");
  const file = join(dir, "values.yaml");
  await writeFile(file, stringify(values()));
  await writeFile(
    program,
    `#!/bin/sh
if [ "$1" = version ]; then echo v4.3.1; exit 0; fi
input=$(cat)
echo "Error: cannot apply: $input; $(cat ${file} | tr '\\n' ' '); $(cat ${file} | base64 | tr -d '\\n'); $*" >&2
exit 1
`,
  );
  await chmod(program, 0o755);
  const api = {
    serverFacts: () => Promise.resolve({ version: "v1.34.0", clockAheadMs: 0 }),
    apis: () => Promise.resolve(["v1"]),
  } as unknown as KubeReader;
  const client = helmClient({ program, env: { PATH: process.env["PATH"] }, cwd: dir, kubeconfig: undefined, context: "prod" }, api);
  const request: HelmRequest = {
    namespace: "vault",
    name: "vault",
    chart: { chart: "vault" },
    values: values() as HelmRequest["values"],
    valuesFiles: [file],
    sets: [`a.password=${secrets.short}`, `a.url=postgres://x:${secrets.longer}@db`],
    labels: {},
  };
  expectNothing(await errorOf(client[call]({ ...request, upgrade: false })));
});
