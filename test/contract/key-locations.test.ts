import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { StepId } from "../../src/config/step-id.ts";
import { Authority } from "../fakes/tls/certificates.ts";
import { parsePolicy } from "../fakes/vault/acl.ts";
import { FakeVault } from "../fakes/vault/vault.ts";
import { bootstrapper } from "./bootstrapper.ts";
import { ended, endedReadably, results, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { order } from "./stages.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.close());

const wiring = order.slice(order.indexOf("external-secrets"));

async function runs(ids: readonly StepId[], flags: Flags) {
  return run(scene, { spec: await scene.spec(flags), ids });
}

async function tokenFile(token: string): Promise<string> {
  const file = join(scene.folder, "token");
  await writeFile(file, `${token}\n`);
  return file;
}

const rootToken = ({ storage }: FakeVault): string => storage.issued[0] ?? "";

/** Wires the cluster, and once more: the second run has nothing to do. */
async function wiresOnce(flags: Flags): Promise<void> {
  ended(await runs(wiring, flags));
  const again = ended(await runs(wiring, flags));
  expect(again.writes).toEqual([]);
  expect(new Set(Object.values(results(again)))).toEqual(new Set(["unchanged"]));
}

describe("Vault at an address", () => {
  test("is wired with its root token", async () => {
    scene.vault.ready();
    await wiresOnce({
      vaultAddr: scene.vault.url,
      vaultTokenFile: await tokenFile(rootToken(scene.vault)),
      kubernetesHost: scene.prod.url,
    });
  });

  test("is wired with a token that has no more than the documented policy", async () => {
    const { storage } = scene.vault.ready();
    storage.policies.set("bootstrapper", { text: bootstrapper, rules: parsePolicy(bootstrapper) });
    const token = storage.issue({
      displayName: "bootstrapper",
      policies: ["default", "bootstrapper"],
      path: "auth/token/create-orphan",
      ttl: 1800,
    });
    await wiresOnce({ vaultAddr: scene.vault.url, vaultTokenFile: await tokenFile(token.id), kubernetesHost: scene.prod.url });
  });

  test("is told from one behind the wrong CA", async () => {
    const right = new Authority("vault");
    const secure = await new FakeVault({ line: scene.line, names: scene.prod.names, tls: right.issue(["127.0.0.1"]) }).start();
    try {
      secure.ready();
      const flags = {
        vaultAddr: secure.url,
        vaultTokenFile: await tokenFile(rootToken(secure)),
        kubernetesHost: scene.prod.url,
        caCert: join(scene.folder, "ca.pem"),
      };
      await writeFile(flags.caCert, new Authority("vault").ca);
      expect(endedReadably(await runs(["kv"], flags)).kind.code).toBe("VK1201");
      await writeFile(flags.caCert, right.ca);
      await wiresOnce(flags);
    } finally {
      await secure.stop();
    }
  });

  test("cannot be initialised over that one address", async () => {
    const ran = await runs(["operator-init"], { vaultAddr: scene.vault.url });
    expect(endedReadably(ran).kind.code).toBe("VK1212");
    expect(ran.writes).toEqual([]);
  });

  test("in whose cluster the kubeconfig's address is this machine's own is refused", async () => {
    scene.vault.ready();
    ended(await runs(["external-secrets", "reviewer"], {}));
    const ran = await runs(["auth"], { vaultAddr: scene.vault.url, vaultTokenFile: await tokenFile(rootToken(scene.vault)) });
    expect(endedReadably(ran).kind.code).toBe("VK1601");
  });
});

test("Vault's nodes at an address each are initialised, joined and unsealed", async () => {
  const flags = { vaultNodes: scene.vault.nodes.map(({ url }) => url) };
  ended(await runs(["operator-init", "operator-unseal"], flags));
  expect(scene.vault.nodes.map(({ sealed, storage }) => [sealed, storage === scene.vault.storage])).toEqual([
    [false, true],
    [false, true],
    [false, true],
  ]);
  expect(ended(await runs(["operator-init", "operator-unseal"], flags)).writes).toEqual([]);
});

test("pods that come back sealed are unsealed by running it again", async () => {
  ended(await runs(["install", "operator-init", "operator-unseal"], {}));
  for (const node of scene.vault.nodes) node.restart();
  const ran = ended(await runs(["operator-unseal"], {}));
  expect(ran.writes.filter(({ path }) => !/\/sys\/unseal$|\/leases(\/|$)/.test(path))).toEqual([]);
  expect(scene.vault.nodes.every(({ sealed }) => !sealed)).toBe(true);
});

test.each([
  ["how many keys there are", { unseal_shares: 7 }],
  ["how many unseal", { unseal_threshold: 2 }],
])("a sealed pod that contradicts the keys in %s gets none of them", async (_what, changes) => {
  ended(await runs(["install", "operator-init", "operator-unseal"], {}));
  for (const node of scene.vault.nodes) node.restart();
  const file = join(scene.folder, "home/.local/share/vault-k8s/eks-prod/init.json");
  await writeFile(file, JSON.stringify({ ...(JSON.parse(await readFile(file, "utf8")) as object), ...changes }));
  const ran = await runs(["operator-unseal"], {});
  const error = endedReadably(ran);
  expect([error.kind.code, error.why]).toEqual([
    "VK1505",
    expect.stringMatching(/^It wants 3 of 5 keys, and those here are . of .\. None was sent/),
  ]);
  expect(ran.writes.filter(({ path }) => path.endsWith("/sys/unseal"))).toEqual([]);
});

describe("two nodes that were each initialised", () => {
  let other: FakeVault;

  beforeEach(async () => {
    ended(await runs(["install", "operator-init"], {}));
    other = await new FakeVault({ line: scene.line }).start();
    scene.vault.node("vault-2").storage = other.ready().storage;
  });
  afterEach(() => other.stop());

  test("the second one sealed: its keys are others", async () => {
    expect(endedReadably(await runs(["operator-unseal"], {})).kind.code).toBe("VK1505");
  });

  test("the second one unsealed by somebody", async () => {
    scene.vault.node("vault-2").unsealedAt = 1;
    const ran = await runs(["operator-unseal"], {});
    expect(endedReadably(ran).kind.code).toBe("VK1507");
  });

  test("all unsealed: even a run that has nothing to unseal says so", async () => {
    for (const node of scene.vault.nodes) Object.assign(node, { unsealedAt: 1, storage: node.storage ?? scene.vault.storage });
    expect(endedReadably(await runs(["operator-unseal"], {})).kind.code).toBe("VK1507");
  });
});
