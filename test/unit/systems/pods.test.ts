import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { NotYet } from "../../../src/core/errors.ts";
import { kinds } from "../../../src/errors.ts";
import { openKube } from "../../../src/systems/kube/open-kube.ts";
import { activeRoute } from "../../../src/systems/vault/active.ts";
import { vaultClient } from "../../../src/systems/vault/client.ts";
import { vaultNodes } from "../../../src/systems/vault/nodes.ts";
import { podSite } from "../../../src/systems/vault/pods.ts";
import type { NodesWriter, VaultWriter } from "../../../src/systems/world.ts";
import { forwardPort } from "../../fakes/kube/port-forward.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { canary, failsWith, folder, listening } from "./server.ts";

/** One Vault pod of the test; what a test changes shows in the next answer. */
interface Pod {
  readonly name: string;
  phase: string;
  labels: Record<string, string>;
  /** RFC 3339. */
  created: string;
  initialized: boolean;
  sealed: boolean;
  standby: boolean;
  /** What it answers instead of its state. */
  answer?: (path: string, socket: Duplex) => { status: number; json?: unknown; headers?: Record<string, string> } | undefined;
  listens: boolean;
  connections: number;
  seen: string[];
  url?: string;
  /** Ends every connection to it, as when the pod is deleted. */
  die?: () => void;
}

const pod = (name: string, more: Partial<Pod> = {}): Pod => ({
  name,
  phase: "Running",
  labels: {},
  created: "2026-01-02T00:00:00Z",
  initialized: true,
  sealed: false,
  standby: true,
  listens: true,
  connections: 0,
  seen: [],
  ...more,
});

function vaultServer(one: Pod, tls?: { key: string; cert: string }): http.Server {
  const listener: http.RequestListener = (request, response) => {
    const path = request.url ?? "";
    one.seen.push(`${request.method ?? ""} ${path.replace(/\?.*/, "")}`);
    const { initialized, sealed, standby } = one;
    const state = { initialized, sealed, standby, version: "1.21.0", enterprise: false };
    const reply =
      one.answer?.(path, request.socket) ??
      (/health|seal-status|unseal/.test(path)
        ? { status: 200, json: state }
        : sealed
          ? { status: 503, json: { errors: ["Vault is sealed"] } }
          : { status: 200, json: { request_id: "1", data: { from: one.name } } });
    response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers }).end(JSON.stringify(reply.json ?? {}));
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  server.on("connection", () => {
    one.connections += 1;
  });
  return server;
}

const spec = (scheme: string): object => ({
  containers: [
    { name: "vault", env: [{ name: "VAULT_ADDR", value: `${scheme}://127.0.0.1:8200` }], ports: [{ name: scheme, containerPort: 8200 }] },
  ],
});

const owned = { ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "vault", uid: "set", controller: true }] };

const object = (one: Pod, scheme: string): object => ({
  metadata: { name: one.name, namespace: "vault", labels: one.labels, creationTimestamp: one.created, ...owned },
  status: { phase: one.phase },
  spec: spec(scheme),
});

/** A StatefulSet whose template speaks so, and what it keeps of its templates: "vault-old" spoke http. */
const set = (scheme: string): object => ({
  metadata: { name: "vault", namespace: "vault", uid: "set" },
  spec: { replicas: 20, template: { spec: spec(scheme) } },
  status: { updateRevision: "vault-new" },
});

const revisions: Readonly<Record<string, object>> = {
  "vault-old": {
    metadata: { name: "vault-old", creationTimestamp: "2026-01-01T00:00:00Z", ...owned },
    data: { spec: { template: { spec: spec("http") } } },
  },
  "vault-forged": {
    metadata: { name: "vault-forged", creationTimestamp: "2026-01-01T00:00:00Z" },
    data: { spec: { template: { spec: spec("http") } } },
  },
  "vault-new": {
    metadata: {
      name: "vault-new",
      creationTimestamp: "2025-12-01T00:00:00Z",
      // The template came back: the revision is older than the day on which it became the newest.
      managedFields: [{ manager: "kube-controller-manager", operation: "Update", time: "2026-01-03T00:00:00Z" }],
      ...owned,
    },
    data: { spec: { template: { spec: spec("https") } } },
  },
};

/** What the API server has at a path, as a status and a body. */
function at(path: string, pods: readonly Pod[], said: string, template: string): [number, object] {
  if (/\/statefulsets\b/.test(path)) return [200, { items: [set(template)] }];
  const [, revision] = /\/controllerrevisions\/([^?]+)/.exec(path) ?? [];
  if (revision === undefined) return [200, { items: pods.map((one) => object(one, said)) }];
  const found = revisions[revision];
  return found === undefined
    ? [404, { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", details: { name: revision }, code: 404 }]
    : [200, { apiVersion: "apps/v1", kind: "ControllerRevision", ...found }];
}

interface Surroundings {
  readonly ca?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly startMs?: number;
  /** What the pods say of themselves, and what their StatefulSet says of those that it makes. */
  readonly said?: string;
  readonly template?: string;
}

/** An API server that lists the pods and forwards to them, and our clients over it. */
async function cluster(
  pods: Pod[],
  { ca, tls, startMs = 50, said = tls === undefined ? "http" : "https", template = said }: Surroundings = {},
): Promise<{ vault: VaultWriter; nodes: NodesWriter; forwards: string[] }> {
  for (const one of pods) {
    const server = vaultServer(one, tls);
    one.url = `http://127.0.0.1:${await listening(server)}`;
    one.die = () => {
      one.listens = false;
      server.closeAllConnections();
    };
  }
  const forwards: string[] = [];
  const api = http.createServer((request, response) => {
    const [status, body] = at(request.url ?? "", pods, said, template);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  api.on("upgrade", (request, socket) => {
    const name = /pods\/([^/]+)\/portforward/.exec(request.url ?? "")?.[1] ?? "";
    forwards.push(name);
    const target = pods.find((one) => one.name === name);
    if (target === undefined) return socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    forwardPort(request, socket, 8200, target.listens ? target.url : undefined);
  });
  const dir = await folder();
  await writeFile(
    join(dir, "config"),
    stringify({
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${await listening(api)}` } }],
      users: [{ name: "u", user: { token: canary } }],
      contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
    }),
  );
  const { client, wire } = await openKube(
    { kubeconfig: join(dir, "config"), cluster: "prod" },
    { patience: { firstPauseMs: 1, atMostMs: 50 } },
  );
  const agents = new Set<http.Agent>();
  onTestFinished(() => {
    wire.close();
    agents.forEach((agent) => agent.destroy());
  });
  const site = podSite({ once: client, anew: client }, wire, {
    namespace: "vault",
    release: "vault",
    trust: () => Promise.resolve(ca),
    secureByDefault: false,
    timeoutMs: 5_000,
    startMs,
    agents,
  });
  const route = activeRoute(site, { withinMs: 100, everyMs: 5 });
  return {
    forwards,
    nodes: vaultNodes(site),
    vault: vaultClient({ route, namespace: undefined, token: () => Promise.resolve(canary), patience: { firstPauseMs: 1, atMostMs: 50 } }),
  };
}

const from = async (vault: VaultWriter): Promise<unknown> => (await vault.get("sys/auth"))?.data["from"];

test("the label says which pod is active, and the API confirms it", async () => {
  const pods = [pod("vault-0"), pod("vault-1", { labels: { "vault-active": "true" }, standby: false })];
  const { vault, forwards } = await cluster(pods);
  expect(await from(vault)).toBe("vault-1");
  expect(vault.describe()).toBe("pod vault/vault-1 of context prod");
  expect(new Set(forwards)).toEqual(new Set(["vault-1"]));
});

test("a label that lags behind is not believed: each pod is asked", async () => {
  const { vault } = await cluster([pod("vault-0", { labels: { "openbao-active": "true" } }), pod("vault-1", { standby: false })]);
  expect(await from(vault)).toBe("vault-1");
});

test("many requests at once open few port-forwards, and the next ones none", async () => {
  const one = pod("vault-0", { standby: false });
  const { vault, forwards } = await cluster([one]);
  await Promise.all(Array.from({ length: 20 }, (_, index) => vault.get(`kv/data/${index}`)));
  const opened = forwards.length;
  expect(opened).toBeLessThanOrEqual(10);
  await Promise.all([vault.get("a"), vault.get("b")]);
  expect(forwards).toHaveLength(opened);
});

test.each([
  ["no pods", [], kinds.vaultNotInstalled],
  ["no pod runs", [pod("vault-0", { phase: "Pending" })], kinds.vaultNotInstalled],
  ["nothing listens yet", [pod("vault-0", { listens: false })], kinds.vaultUnreachable],
  ["not initialised", [pod("vault-0", { initialized: false, sealed: true })], kinds.vaultUninitialised],
  ["sealed", [pod("vault-0", { sealed: true }), pod("vault-1", { initialized: false, sealed: true })], kinds.vaultSealed],
  ["none elected", [pod("vault-0"), pod("vault-1", { sealed: true })], kinds.vaultNoActive],
])("%s may be mended by an earlier step", async (_, pods, kind) => {
  const { vault } = await cluster(pods as Pod[]);
  expect(await failsWith(vault.get("sys/auth"), kind)).toBeInstanceOf(NotYet);
});

test("when another pod becomes active, it is found: after a 503, a redirect, and a broken connection", async () => {
  const [first, second] = [pod("vault-0", { standby: false }), pod("vault-1")];
  const { vault } = await cluster([first, second]);
  expect(await from(vault)).toBe("vault-0");
  const swap = (active: Pod, other: Pod): void =>
    void (Object.assign(active, { standby: false, sealed: false }), Object.assign(other, { standby: true }));
  swap(second, first);
  first.sealed = true;
  expect(await from(vault)).toBe("vault-1");
  swap(first, second);
  second.answer = (path) =>
    path.includes("sys/auth") ? { status: 307, headers: { location: "http://10.1.2.3:8200/v1/sys/auth" } } : undefined;
  expect(await from(vault)).toBe("vault-0");
  swap(second, first);
  delete second.answer;
  first.die!();
  expect(await from(vault)).toBe("vault-1");
});

test("a pod that was replaced and speaks https now: the pods are looked at anew, and a write is sent once", async () => {
  const [first, second] = [pod("vault-0", { standby: false }), pod("vault-1")];
  const { vault } = await cluster([first, second]);
  expect(await from(vault)).toBe("vault-0");
  // What Go's server says, which took nothing of the request.
  first.answer = (path) =>
    path.includes("sys/auth") ? { status: 400, json: "Client sent an HTTP request to an HTTPS server.\n" } : undefined;
  [first.standby, second.standby] = [true, false];
  expect((await vault.post("sys/auth/x", {})).data).toEqual({ from: "vault-1" });
  expect(second.seen.filter((line) => line.startsWith("POST"))).toEqual(["POST /v1/sys/auth/x"]);
});

test("a pod that went away: its name is looked up no more than needed, and a write is sent to the new one", async () => {
  const pods = [pod("vault-0", { standby: false }), pod("vault-1")];
  const { vault, nodes } = await cluster(pods);
  await failsWith(nodes.sealStatus({ name: "vault-9", peerAddress: "", phase: "Running" }), kinds.vaultNotInstalled);
  pods[0]!.listens = false;
  pods[1]!.standby = false;
  expect((await vault.post("sys/auth/x", {})).data).toEqual({ from: "vault-1" });
});

test("a pod that has just started is waited for until it listens, and what it was to do is sent once", async () => {
  const one = pod("vault-0", { listens: false });
  const { nodes, forwards } = await cluster([one], { startMs: 5_000 });
  const [node] = await nodes.nodes();
  const unsealing = nodes.unseal(node!, "a2V5");
  while (forwards.length === 0) await new Promise((resolve) => setImmediate(resolve));
  one.listens = true;
  await unsealing;
  expect(one.seen).toEqual(["POST /v1/sys/unseal"]);
});

test("nodes: names in order, addresses of the headless Service, each asked by itself", async () => {
  const pods = [pod("vault-10", { sealed: true }), pod("vault-2", { phase: "Pending" }), pod("vault-0")];
  const { nodes } = await cluster(pods);
  const found = await nodes.nodes();
  expect(found.map(({ name }) => name)).toEqual(["vault-0", "vault-2", "vault-10"]);
  expect(found[0]).toEqual({ name: "vault-0", peerAddress: "http://vault-0.vault-internal:8200", phase: "Running" });
  expect((await nodes.sealStatus(found[2]!)).sealed).toBe(true);
  expect((await nodes.sealStatus(found[0]!)).sealed).toBe(false);
});

test("an init is sent once, and its secrets are in no error", async () => {
  const one = pod("vault-0", {
    answer: () => ({ status: 400, json: { errors: [`Vault is already initialized ${canary}`.replace(` ${canary}`, "")] } }),
  });
  const { nodes } = await cluster([one]);
  const [node] = await nodes.nodes();
  expect((await failsWith(nodes.init(node!, { secret_shares: 1, secret_threshold: 1 }), kinds.vaultRejected)).why).toContain(
    "already initialized",
  );
  await failsWith(nodes.unseal(node!, canary), kinds.vaultRejected);
  expect(one.seen).toEqual(["POST /v1/sys/init", "POST /v1/sys/unseal"]);
});

test("an init whose answer was lost is not sent again", async () => {
  const one = pod("vault-0", { answer: (_, socket) => void socket.destroy() });
  const { nodes } = await cluster([one], { startMs: 1_000 });
  await failsWith(nodes.init((await nodes.nodes())[0]!, { secret_shares: 1, secret_threshold: 1 }), kinds.vaultUnreachable);
  expect(one.seen).toEqual(["POST /v1/sys/init"]);
});

test("who leads a sealed node is nobody, whichever way it says so", async () => {
  const one = pod("vault-0", { answer: () => ({ status: 503, json: { errors: ["Vault is sealed"] } }) });
  const { nodes } = await cluster([one]);
  expect(await nodes.leader((await nodes.nodes())[0]!)).toMatchObject({ is_self: false, leader_address: "" });
});

test("a standby of OpenBao leaves out that it does not lead; what says nothing at all is not Vault", async () => {
  const one = pod("vault-0", { answer: () => ({ status: 200, json: { ha_enabled: true, leader_address: "http://10.0.0.1:8200" } }) });
  const { nodes } = await cluster([one]);
  const [node] = await nodes.nodes();
  expect(await nodes.leader(node!)).toEqual({ ha_enabled: true, is_self: false, leader_address: "http://10.0.0.1:8200" });
  const other = pod("vault-0", { answer: () => ({ status: 200, json: { hello: "world" } }) });
  const strange = await cluster([other]);
  await failsWith(strange.nodes.leader((await strange.nodes.nodes())[0]!), kinds.vaultGarbage);
});

test("a join that Vault does not confirm has failed", async () => {
  const one = pod("vault-0", { answer: () => ({ status: 200, json: { joined: false } }) });
  const { nodes } = await cluster([one]);
  await failsWith(nodes.join((await nodes.nodes())[0]!, "http://vault-1.vault-internal:8200", undefined), kinds.vaultFailed);
});

test("https through a port-forward: the CA is checked, and a name of the pod has to be in the certificate", async () => {
  const authority = new Authority("vault");
  for (const host of ["vault-0.vault-internal", "vault.vault.svc", "127.0.0.1"]) {
    const { vault } = await cluster([pod("vault-0", { standby: false })], { ca: authority.ca, tls: authority.issue([host]) });
    expect(await from(vault)).toBe("vault-0");
  }
  const misnamed = await cluster([pod("vault-0", { standby: false })], { ca: authority.ca, tls: authority.issue(["vault.other.example"]) });
  expect((await failsWith(misnamed.vault.get("x"), kinds.vaultUnreachable)).why).toContain("vault.other.example");
  const strange = await cluster([pod("vault-0", { standby: false })], {
    ca: new Authority("other").ca,
    tls: authority.issue(["vault.vault.svc"]),
  });
  await failsWith(strange.vault.get("x"), kinds.vaultUnreachable);
});

const revised = (revision: string, created?: string): Pod =>
  pod("vault-0", { standby: false, labels: { "controller-revision-hash": revision }, ...(created !== undefined && { created }) });

test("a pod that an http template made before the StatefulSet went over to https is spoken with over http", async () => {
  for (const one of [revised("vault-old"), revised("vault-old", "2026-01-03T00:00:00Z")])
    expect(await from((await cluster([one], { template: "https" })).vault)).toBe("vault-0");
});

test.each([
  ["no revision at all", pod("vault-0", { standby: false, labels: { "vault-active": "true" } })],
  ["the newest revision, which speaks https", revised("vault-new")],
  ["a revision that is not there", revised("vault-gone")],
  ["a revision that the StatefulSet does not own", revised("vault-forged")],
  ["an http revision, and was made after the StatefulSet went over", revised("vault-old", "2026-01-03T00:00:01Z")],
])("a pod that says http where the StatefulSet says https gets nothing over http: it bears %s", async (_, one) => {
  const authority = new Authority("vault");
  const { vault, nodes } = await cluster([one], { ca: authority.ca, template: "https" });
  await failsWith(vault.get("sys/auth"), kinds.vaultUnreachable);
  const [node] = await nodes.nodes();
  expect(node?.peerAddress).toBe("https://vault-0.vault-internal:8200");
  await failsWith(nodes.unseal(node!, canary), kinds.vaultGarbage);
  expect(one.seen).toEqual([]);
});

test("a pod that says https is spoken with over https, whatever its StatefulSet says", async () => {
  const authority = new Authority("vault");
  const { vault } = await cluster([pod("vault-0", { standby: false })], {
    ca: authority.ca,
    tls: authority.issue(["vault-0.vault-internal"]),
    template: "http",
  });
  expect(await from(vault)).toBe("vault-0");
});
