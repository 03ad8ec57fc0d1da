import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { vault as vaultRows } from "../../src/cli/render/status-vault-rows.ts";
import { lookAtCluster } from "../../src/run/status/look.ts";
import { make } from "../fakes/kube/controllers.ts";
import { at, type JsonObject } from "../fakes/wire/json.ts";
import { ended, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { order, Stages } from "./stages.ts";

/** What a pod that is not Vault's was asked and given; it says of itself that it is a Vault that waits for keys. */
const heard: string[] = [];
const impostor = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`);
    const sealed = !request.url!.includes("health");
    const state = { type: "shamir", initialized: true, sealed, standby: false, t: 3, n: 5, progress: 0, version: "1.21.0" };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(state));
  });
});

let scene: Scene;
let stages: Stages;

beforeAll(async () => {
  await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve));
  scene = await Scene.open();
  stages = new Stages(scene, await scene.spec());
});
beforeEach(() => void (heard.length = 0));
afterAll(async () => {
  impostor.close();
  await scene.close();
});

/** Makes a pod with Vault's labels, as anybody can who may make pods. */
function plant(name: string, ownerReferences?: JsonObject[]): void {
  const { port } = impostor.address() as AddressInfo;
  scene.prod.otherPods.set(name, `http://127.0.0.1:${port}`);
  const labels = {
    "app.kubernetes.io/name": "vault",
    "app.kubernetes.io/instance": "vault",
    component: "server",
    "vault-active": "true",
    "vault-sealed": "false",
  };
  make(scene.prod.objects, "pods", {
    metadata: { name, namespace: "vault", labels, ...(ownerReferences !== undefined && { ownerReferences }) },
    spec: { containers: [{ name: "vault", env: [{ name: "VAULT_ADDR", value: "http://127.0.0.1:8200" }] }] },
    status: { phase: "Running", containerStatuses: [{ name: "vault", state: { running: {} } }] },
  });
}

const setUid = (): string => String(at(scene.prod.objects.get("statefulsets.apps", "vault", "vault"), "metadata", "uid"));
const owner = (uid: string): JsonObject => ({ apiVersion: "apps/v1", kind: "StatefulSet", name: "vault", uid, controller: true });

function anotherSet(): string {
  const uid = randomUUID();
  make(scene.prod.objects, "statefulsets.apps", { metadata: { name: "another", namespace: "vault", uid }, spec: { replicas: 0 } });
  return uid;
}

const impostors: readonly (readonly [string, () => void])[] = [
  ["a bare pod", () => plant("aa-impostor")],
  ["a pod that another StatefulSet owns", () => plant("aa-impostor", [owner(anotherSet())])],
  ["a pod that says that Vault's StatefulSet owns it", () => plant("aa-impostor", [owner(setUid())])],
  ["a pod that has an owner which is not its controller", () => plant("aa-impostor", [{ ...owner(setUid()), controller: false }])],
];

describe.each(impostors)("%s with the labels of Vault's", (_, planted) => {
  test("gets no key and no question from unseal, which names it once", async () => {
    await stages.before("audit");
    for (const node of scene.vault.nodes) node.restart();
    planted();
    const ran = ended(await run(scene, { spec: stages.spec, ids: ["operator-unseal"] }));
    expect(heard).toEqual([]);
    expect(scene.vault.nodes.map(({ sealed }) => sealed)).toEqual([false, false, false]);
    expect(JSON.stringify(ran.events).match(/aa-impostor/g)).toHaveLength(1);
  });

  test("gets no token from what writes to the active pod", async () => {
    await stages.before("kv");
    planted();
    ended(await run(scene, { spec: stages.spec, ids: ["kv", "policy"] }));
    expect(heard).toEqual([]);
  });
});

test("status names such a pod once, and asks it nothing", async () => {
  await stages.before("verify");
  plant("aa-impostor");
  const world = await scene.world(stages.spec);
  const status = await lookAtCluster(world, stages.spec, [], false).finally(() => world.close());
  expect([status.nodes.map(({ name }) => name), status.ignoredPods]).toEqual([["vault-0", "vault-1", "vault-2"], ["aa-impostor"]]);
  const rows = vaultRows(status).rows.filter(({ name }) => name === "aa-impostor");
  expect(rows).toEqual([expect.objectContaining({ mark: "look", cells: [expect.stringContaining("ignored")] as string[] })]);
  expect(heard).toEqual([]);
});

test("a pod with the labels of Vault's before there is a Vault keeps nobody from installing it, and counts as none of its pods", async () => {
  await stages.before("tls");
  make(scene.prod.objects, "namespaces", { metadata: { name: "vault" } });
  plant("aa-impostor");
  const ran = ended(await run(scene, { spec: stages.spec, ids: order.slice(0, order.indexOf("audit")) }));
  expect(heard).toEqual([]);
  expect(JSON.stringify(ran.events)).not.toContain("used as it is");
  expect(scene.vault.nodes.every(({ sealed }) => !sealed)).toBe(true);
});
