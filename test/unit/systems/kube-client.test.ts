import http from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { NotYet } from "../../../src/core/errors.ts";
import { kinds } from "../../../src/errors.ts";
import { openKube } from "../../../src/systems/kube/open-kube.ts";
import type { KubeObject, KubeWriter } from "../../../src/systems/world.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { canary, failsWith, folder, listening, serve, type Seen } from "./server.ts";

type Reply = { status?: number; json?: unknown; text?: string; headers?: Record<string, string> };

async function open(
  server: string,
  {
    user = { token: canary },
    cluster = {},
    env = {},
    timeoutMs = 5_000,
  }: { user?: object; cluster?: object; env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<KubeWriter> {
  const dir = await folder();
  await writeFile(
    join(dir, "config"),
    stringify({
      clusters: [{ name: "prod", cluster: { server, ...cluster } }],
      users: [{ name: "me", user }],
      contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
    }),
  );
  const { client, wire } = await openKube(
    { kubeconfig: join(dir, "config"), cluster: "prod" },
    { env: { PATH: process.env["PATH"], ...env }, timeoutMs, patience: { firstPauseMs: 1, atMostMs: 200 } },
  );
  onTestFinished(() => wire.close());
  return client;
}

async function kube(answer: (seen: Seen) => Reply): Promise<{ client: KubeWriter; seen: Seen[] }> {
  const { url, seen } = await serve((one) => answer(one));
  return { client: await open(url), seen };
}

const status = (code: number, reason: string, message: string, details: object = {}): Reply => ({
  status: code,
  json: { kind: "Status", apiVersion: "v1", code, reason, message, details },
});
const secret = { apiVersion: "v1", kind: "Secret", namespace: "ns", name: "a" };
const object: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "ns" }, data: { x: "1" } };

test("reads one object; a missing one is undefined", async () => {
  const { client, seen } = await kube(({ path }) =>
    path.endsWith("/a") ? { json: object } : status(404, "NotFound", 'secrets "b" not found', { name: "b", kind: "secrets" }),
  );
  expect(await client.get(secret)).toEqual({ ...object, kind: "Secret" });
  expect(await client.get({ ...secret, name: "b" })).toBeUndefined();
  expect(seen[0]).toMatchObject({ path: "/api/v1/namespaces/ns/secrets/a", headers: { authorization: `Bearer ${canary}` } });
});

test.each([
  ["as text", { status: 404, text: "404 page not found\n" }],
  ["as a Status without a name", status(404, "NotFound", "the server could not find the requested resource")],
])("a kind that is not served (%s) may come with an earlier step", async (_, reply) => {
  const { client } = await kube(() => reply);
  expect(
    await failsWith(client.get({ apiVersion: "external-secrets.io/v1", kind: "SecretStore", name: "x", namespace: "ns" }), kinds.notServed),
  ).toBeInstanceOf(NotYet);
});

test("an answer is of the kind that was asked for, whatever it says of itself", async () => {
  const { metadata, data } = object;
  const { client } = await kube(() => ({ json: { metadata, data, kind: "Status" } }));
  const asked = [client.get({ ...secret, kind: "ConfigMap" }), client.create(object), client.replace(object), client.apply(object)];
  expect(await Promise.all(asked)).toEqual([object, object, object, object]);
  expect(await client.removeExactly((await client.create(object))!)).toBe(true);
});

test("both operators' ExternalSecret have a path of their own", async () => {
  const { client, seen } = await kube(() => ({ json: object }));
  for (const apiVersion of ["external-secrets.io/v1", "kubernetes-client.io/v1"])
    await client.get({ apiVersion, kind: "ExternalSecret", name: "x", namespace: "ns" });
  expect(seen.map(({ path }) => path)).toEqual([
    "/apis/external-secrets.io/v1/namespaces/ns/externalsecrets/x",
    "/apis/kubernetes-client.io/v1/namespaces/ns/externalsecrets/x",
  ]);
});

test("a list is read page by page, and its items say what they are", async () => {
  const { client, seen } = await kube(({ path }) => ({
    json: path.includes("continue=")
      ? { items: [{ metadata: { name: "b" } }], metadata: {} }
      : { items: [{ metadata: { name: "a" } }], metadata: { continue: "next/+ page" } },
  }));
  const found = await client.list({ apiVersion: "v1", kind: "Pod", labelSelector: "a in (b,c)" });
  expect(found.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
    ["Pod", "a"],
    ["Pod", "b"],
  ]);
  expect(seen[1]?.path).toContain("labelSelector=a+in");
});

test("applies on the server's side without force; a dry run says so", async () => {
  const { client, seen } = await kube(() => ({ json: object }));
  await client.apply(object);
  await client.dryRun(object);
  await client.patch({ ...secret, kind: "ConfigMap" }, { metadata: { annotations: { a: null } } });
  expect(seen.map(({ method, path, headers }) => [method, path.replace(/^.*\?/, ""), headers["content-type"]])).toEqual([
    ["PATCH", "fieldManager=vault-k8s", "application/apply-patch+yaml"],
    ["PATCH", "fieldManager=vault-k8s&dryRun=All", "application/apply-patch+yaml"],
    ["PATCH", "fieldManager=vault-k8s", "application/merge-patch+json"],
  ]);
});

test("tokens and access reviews", async () => {
  const { client, seen } = await kube(({ path }) => ({
    status: 201,
    json: path.endsWith("/token") ? { status: { token: "a.b.c" } } : { status: { allowed: true } },
  }));
  expect(await client.serviceAccountToken({ namespace: "ns", name: "sa" }, ["vault"], 600)).toBe("a.b.c");
  expect(await client.canI({ verb: "create", resource: "pods", subresource: "portforward", namespace: "ns" })).toBe(true);
  expect(seen.map(({ path }) => path)).toEqual([
    "/api/v1/namespaces/ns/serviceaccounts/sa/token",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
  ]);
});

test("deleting what is gone is silent", async () => {
  const { client } = await kube(() => status(404, "NotFound", 'secrets "a" not found', { name: "a" }));
  await client.remove(secret);
});

test.each([
  ["401", status(401, "Unauthorized", "Unauthorized"), kinds.kubeUnauthenticated],
  ["admission", status(403, "Forbidden", 'configmaps "a" is forbidden: exceeded quota: small'), kinds.kubeRejected],
  ["422", status(422, "Invalid", "ConfigMap is invalid", { causes: [{ field: "data.x", message: "too long" }] }), kinds.kubeRejected],
  [
    "unknown field",
    status(500, "InternalError", "failed to create typed patch object (ns/a; /v1, Kind=ConfigMap): .x: field not declared in schema"),
    kinds.kubeRejected,
  ],
  ["500", status(500, "InternalError", "etcdserver: request timed out"), kinds.kubeFailed],
  ["a page", { status: 200, text: `<html>${canary}</html>` }, kinds.kubeGarbage],
  ["a redirect", { status: 302, headers: { location: "https://login.example/" }, text: "" }, kinds.kubeGarbage],
])("%s", async (_, reply, kind) => {
  const { client } = await kube(() => reply);
  await failsWith(client.apply(object), kind);
});

test("a refusal names who, the verb, the resource and the namespace", async () => {
  const { client } = await kube(() =>
    status(403, "Forbidden", 'secrets "a" is forbidden: User "jane" cannot get resource "secrets" in API group "" in the namespace "ns"', {
      name: "a",
    }),
  );
  const error = await failsWith(client.get(secret), kinds.kubeForbidden);
  expect(error.message).toBe("jane may not get secrets in namespace ns (context prod)");
  expect(error.fix).toContain("auth can-i get secrets -n ns");
});

test("fields of another manager are a conflict that names both", async () => {
  const { client } = await kube(() =>
    status(409, "Conflict", "Apply failed with 1 conflict", {
      causes: [{ reason: "FieldManagerConflict", message: 'conflict with "argocd" using v1', field: ".data.x" }],
    }),
  );
  const error = await failsWith(client.apply(object), kinds.notOurs);
  expect(error.message).toContain("argocd");
  expect(error.message).toContain(".data.x");
});

const heldBy = (...managers: string[]): ReturnType<typeof status> =>
  status(409, "Conflict", "Apply failed", {
    causes: managers.map((name) => ({
      reason: "FieldManagerConflict",
      message: `conflict with "${name}" using v1`,
      field: `.data.${name}`,
    })),
  });

test("what was changed by hand with kubectl is taken back, by force, once", async () => {
  const answers = [heldBy("kubectl-edit", "kubectl-patch")];
  const { client, seen } = await kube(() => answers.shift() ?? { json: object });
  await client.apply(object);
  expect(seen.map(({ path }) => new URL(path, "http://server").searchParams.get("force"))).toEqual([null, "true"]);
});

test.each([["kubectl"], ["kubectl-client-side-apply"], ["kubectl-edit", "argocd"]])(
  "what %s applies from a file of its own is never taken",
  async (...managers) => {
    const { client, seen } = await kube(() => heldBy(...managers));
    await failsWith(client.apply(object), kinds.notOurs);
    expect(seen).toHaveLength(1);
  },
);

test("a webhook that starts is waited for; a dry run reports it at once", async () => {
  const starting = [
    status(500, "InternalError", 'failed calling webhook "validate": connection refused'),
    status(500, "InternalError", 'failed calling webhook "validate": x509'),
  ];
  const { client } = await kube(() => starting.shift() ?? { json: object });
  await client.apply(object);
  const never = await kube(() => status(500, "InternalError", 'failed calling webhook "validate": connection refused'));
  await failsWith(never.client.dryRun(object), kinds.webhookNotServing);
  expect(never.seen).toHaveLength(1);
  await failsWith(never.client.apply(object), kinds.webhookNotServing);
});

test("nothing listens, nothing answers, and a certificate that is not trusted", async () => {
  expect((await failsWith((await open("http://127.0.0.1:9")).clusterUid(), kinds.kubeUnreachable)).message).toContain(
    "http://127.0.0.1:9 of context prod",
  );
  const slow = await serve(() => undefined);
  await failsWith((await open(slow.url, { timeoutMs: 50 })).clusterUid(), kinds.kubeUnreachable);
  const secure = await serve(() => ({ json: {} }), new Authority("x").issue(["127.0.0.1"]));
  expect((await failsWith((await open(secure.url)).clusterUid(), kinds.kubeUnreachable)).fix).toContain("certificate authority");
});

test("the CA of the kubeconfig is trusted, tls-server-name is checked, and insecure-skip-tls-verify holds", async () => {
  const authority = new Authority("cluster");
  const { url } = await serve(
    () => ({ json: { metadata: { name: "kube-system", uid: "u" } } }),
    authority.issue(["kubernetes.default.svc"]),
  );
  const ca = { "certificate-authority-data": Buffer.from(authority.ca).toString("base64") };
  await failsWith((await open(url, { cluster: ca })).clusterUid(), kinds.kubeUnreachable);
  expect(await (await open(url, { cluster: { ...ca, "tls-server-name": "kubernetes.default.svc" } })).clusterUid()).toBe("u");
  expect(await (await open(url, { cluster: { "insecure-skip-tls-verify": true } })).clusterUid()).toBe("u");
});

test("proxy-url of the kubeconfig is gone through, and its connection is kept", async () => {
  const authority = new Authority("cluster");
  const { url, port } = await serve(() => ({ json: { metadata: { name: "kube-system", uid: "u" } } }), authority.issue(["127.0.0.1"]));
  let tunnels = 0;
  const proxy = http.createServer().on("connect", (_request, client: Duplex) => {
    tunnels += 1;
    const server = net.connect(port, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    server.pipe(client).pipe(server);
    for (const end of [client, server]) end.on("error", () => undefined).on("close", () => void (client.destroy(), server.destroy()));
  });
  const cluster = {
    "certificate-authority-data": Buffer.from(authority.ca).toString("base64"),
    "proxy-url": `http://127.0.0.1:${await listening(proxy)}`,
  };
  const client = await open(url, { cluster });
  expect(await client.clusterUid()).toBe("u");
  await client.get(secret);
  expect(tunnels).toBe(1);
});

test("a CA file that is missing is the kubeconfig's fault", async () => {
  const { url } = await serve(() => ({ json: {} }));
  expect(
    (await failsWith((await open(url, { cluster: { "certificate-authority": "/no/such/ca.pem" } })).clusterUid(), kinds.kubeconfig)).why,
  ).toContain("/no/such/ca.pem");
});

test("who one is: basic, a token file, another user and groups", async () => {
  const { url, seen } = await serve(() => ({ json: { metadata: { name: "kube-system", uid: "u" } } }));
  const dir = await folder();
  await writeFile(join(dir, "token"), "from-file");
  await (await open(url, { user: { username: "me", password: "pw" } })).clusterUid();
  await (await open(url, { user: { tokenFile: join(dir, "token") } })).clusterUid();
  await (await open(url, { user: { token: "t", as: "jane", "as-groups": ["dev"] } })).clusterUid();
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([
    `Basic ${Buffer.from("me:pw").toString("base64")}`,
    "Bearer from-file",
    "Bearer t",
  ]);
  expect(seen[2]?.headers).toMatchObject({ "impersonate-user": "jane", "impersonate-group": "dev" });
});

test("impersonation is sent whole, a header for each group and each extra value", async () => {
  const raw: string[][] = [];
  const server = http.createServer((request, response) => {
    raw.push(request.rawHeaders);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ metadata: { name: "kube-system", uid: "u" } }));
  });
  const port = await listening(server);
  const user = {
    token: "t",
    as: "admin@corp",
    "as-uid": "u1",
    "as-groups": ["devs", "ops, all"],
    "as-user-extra": { "scopes.example.com/Only": ["x", "z"] },
  };
  await (await open(`http://127.0.0.1:${port}`, { user })).clusterUid();
  const sent = raw[0]!.flatMap((name, index) =>
    index % 2 === 0 && /^impersonate/i.test(name) ? [`${name.toLowerCase()}: ${raw[0]![index + 1]}`] : [],
  );
  expect(sent.sort()).toEqual([
    "impersonate-extra-scopes.example.com%2fonly: x",
    "impersonate-extra-scopes.example.com%2fonly: z",
    "impersonate-group: devs",
    "impersonate-group: ops, all",
    "impersonate-uid: u1",
    "impersonate-user: admin@corp",
  ]);
});

test("groups of nobody are refused, as kubectl does", async () => {
  const { url, seen } = await serve(() => ({ json: {} }));
  await failsWith((await open(url, { user: { token: "t", "as-groups": ["ops"] } })).clusterUid(), kinds.kubeconfig);
  expect(seen).toEqual([]);
});

async function plugin(script: string): Promise<{ user: object; dir: string }> {
  const dir = await folder();
  const command = join(dir, "plugin");
  await writeFile(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o755);
  return {
    dir,
    user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command, interactiveMode: "Never", provideClusterInfo: true } },
  };
}

test("an exec plugin gives the token once, is told about the cluster, and sees no secret of ours", async () => {
  const { url, seen } = await serve(() => ({ json: { metadata: { name: "kube-system", uid: "u" } } }));
  const { user, dir } = await plugin(
    `env > "$(dirname "$0")/env"; echo run >> "$(dirname "$0")/runs"; echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}'`,
  );
  const client = await open(url, { user, env: { VAULT_TOKEN: canary, AWS_PROFILE: "dev" } });
  await Promise.all([client.clusterUid(), client.get(secret)]);
  await client.get(secret);
  expect(await readFile(join(dir, "runs"), "utf8")).toBe("run\n");
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill("Bearer from-plugin"));
  const env = await readFile(join(dir, "env"), "utf8");
  expect(env).not.toContain(canary);
  expect(env).toContain(`"server":"${url}"`);
});

test("an exec plugin whose token was refused is asked once more", async () => {
  const { user } = await plugin(
    `n=$(cat "$0.n" 2>/dev/null || echo 0); echo $((n + 1)) > "$0.n"; echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-'$n'"}}'`,
  );
  const { url } = await serve(({ headers }) =>
    headers.authorization === "Bearer token-0"
      ? status(401, "Unauthorized", "Unauthorized")
      : { json: { metadata: { name: "kube-system", uid: "u" } } },
  );
  expect(await (await open(url, { user })).clusterUid()).toBe("u");
});

test.each([
  ["fails", "echo 'log in first' >&2; exit 1", "log in first"],
  ["prints no credential", `echo '${canary}'`, "did not print an ExecCredential"],
])("an exec plugin that %s", async (_, script, why) => {
  const { url } = await serve(() => ({ json: {} }));
  const { user } = await plugin(script);
  expect((await failsWith((await open(url, { user })).clusterUid(), kinds.kubeUnauthenticated)).why).toContain(why);
});

test("an exec plugin that is not installed: its own hint is the fix", async () => {
  const { url } = await serve(() => ({ json: {} }));
  const user = {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "no-such-plugin",
      interactiveMode: "Never",
      installHint: "Get it from example.org",
    },
  };
  expect((await failsWith((await open(url, { user })).clusterUid(), kinds.kubeUnauthenticated)).fix).toBe("Get it from example.org");
});
