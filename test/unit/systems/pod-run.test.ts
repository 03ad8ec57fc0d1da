import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { openKube } from "../../../src/systems/kube/open-kube.ts";
import type { KubeWriter } from "../../../src/systems/world.ts";
import { errorOf, folder, serve, type Seen } from "./server.ts";

type Reply = { status?: number; json?: unknown };

interface Opened {
  readonly client: KubeWriter;
  readonly seen: readonly Seen[];
  readonly close: () => Promise<void>;
}

async function open(answer: (seen: Seen) => Reply, signal?: AbortSignal): Promise<Opened> {
  const { url, seen } = await serve(answer);
  const dir = await folder();
  await writeFile(
    join(dir, "config"),
    stringify({
      clusters: [{ name: "prod", cluster: { server: url } }],
      users: [{ name: "me", user: { token: "t" } }],
      contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
    }),
  );
  const { client, wire } = await openKube(
    { kubeconfig: join(dir, "config"), cluster: "prod" },
    { env: {}, timeoutMs: 5_000, patience: { firstPauseMs: 1, atMostMs: 50 }, signal },
  );
  onTestFinished(() => wire.close());
  return { client, seen, close: () => wire.close() };
}

const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "ns" } };
const withState = (state: object): Reply => ({ json: { ...pod, status: { phase: "Running", containerStatuses: [{ state }] } } });
const requests = (seen: readonly Seen[]): string[] => seen.map(({ method, path }) => `${method} ${path}`);

test("a pod is made, watched to its end, and taken away", async () => {
  const states = [
    withState({ waiting: { reason: "ContainerCreating" } }),
    withState({ terminated: { exitCode: 0, message: "all well\n" } }),
  ];
  const { client, seen } = await open(({ method }) => (method === "GET" ? states.shift()! : { json: pod }));
  expect(await client.runPod(pod, 5_000)).toEqual({ exitCode: 0, message: "all well" });
  expect(requests(seen)).toEqual([
    "POST /api/v1/namespaces/ns/pods",
    "GET /api/v1/namespaces/ns/pods/p",
    "GET /api/v1/namespaces/ns/pods/p",
    "DELETE /api/v1/namespaces/ns/pods/p?gracePeriodSeconds=0",
  ]);
});

test("an image that cannot be had is told without waiting for the end", async () => {
  const { client, seen } = await open(({ method }) =>
    method === "GET" ? withState({ waiting: { reason: "ErrImagePull", message: "not found" } }) : { json: pod },
  );
  expect(await client.runPod(pod, 60_000)).toEqual({ message: "ErrImagePull: not found" });
  expect(requests(seen).at(-1)).toContain("DELETE");
});

test("an interrupt takes the pod away all the same", async () => {
  const stop = new AbortController();
  const { client, seen } = await open(({ method }) => {
    if (method === "GET") stop.abort();
    return { json: pod };
  }, stop.signal);
  expect((await errorOf(client.runPod(pod, 60_000))).kind.code).toBe("VK1002");
  expect(requests(seen).at(-1)).toContain("DELETE");
});

test("a pod for which nobody waits any more is taken away before the connections end", async () => {
  const stop = new AbortController();
  const { client, seen, close } = await open(({ method }) => {
    // As an interruption of the run that comes while the pod is being made.
    if (method === "POST") stop.abort();
    return { json: pod };
  }, stop.signal);
  const running = errorOf(client.runPod(pod, 60_000));
  await close();
  expect(requests(seen)).toEqual(["POST /api/v1/namespaces/ns/pods", "DELETE /api/v1/namespaces/ns/pods/p?gracePeriodSeconds=0"]);
  expect((await running).kind.code).toBe("VK1002");
});

test("a no of an access review is asked again by the call itself, which stores nothing", async () => {
  const refusal = {
    status: 403,
    json: { kind: "Status", code: 403, reason: "Forbidden", message: 'pods is forbidden: User "me" cannot create resource "pods"' },
  };
  const { client, seen } = await open(({ path }) =>
    path.includes("/pods")
      ? refusal
      : { status: 422, json: { kind: "Status", code: 422, reason: "Invalid", message: "no kind", details: { name: "x" } } },
  );
  expect(await client.reallyMay({ verb: "create", resource: "pods", namespace: "ns" })).toBe(false);
  expect(await client.reallyMay({ verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterrolebindings" })).toBe(true);
  expect(await client.reallyMay({ verb: "bind", group: "rbac.authorization.k8s.io", resource: "clusterroles", name: "x" })).toBeUndefined();
  expect(requests(seen)).toEqual([
    "POST /api/v1/namespaces/ns/pods?dryRun=All",
    "GET /apis/rbac.authorization.k8s.io",
    "POST /apis/rbac.authorization.k8s.io/v1/clusterrolebindings?dryRun=All",
  ]);
});

test("the call itself goes to a version that is served", async () => {
  const { client, seen } = await open(({ path }) =>
    path === "/apis/external-secrets.io"
      ? { json: { kind: "APIGroup", preferredVersion: { groupVersion: "external-secrets.io/v1beta1", version: "v1beta1" } } }
      : { status: 403, json: { kind: "Status", code: 403, reason: "Forbidden", message: 'User "me" cannot list resource "secretstores"' } },
  );
  expect(await client.reallyMay({ verb: "list", group: "external-secrets.io", resource: "secretstores" })).toBe(false);
  expect(requests(seen).at(-1)).toBe("GET /apis/external-secrets.io/v1beta1/secretstores?limit=1");
});
