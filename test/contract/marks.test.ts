import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { converge } from "../../src/core/converge.ts";
import { CliError } from "../../src/core/errors.ts";
import { initResources } from "../../src/vault/init/step.ts";
import { ended, endedReadably, results, run, writesIn } from "./run.ts";
import { Scene } from "./scene.ts";
import { isWrite } from "./writes.ts";

let scene: Scene;
let spec: Awaited<ReturnType<Scene["spec"]>>;

beforeEach(async () => {
  scene = await Scene.open();
  spec = await scene.spec();
  ended(await run(scene, { spec, ids: ["install"] }));
});
afterEach(() => scene.close());

const init = (plan = false) => run(scene, { spec, ids: ["operator-init"], plan });
const file = (name: string): string => join(scene.folder, "home/.local/share/vault-k8s/eks-prod", name);
const isThere = (name: string): Promise<boolean> =>
  stat(file(name)).then(
    () => true,
    () => false,
  );

/** An init from here whose answer does not come. */
async function cutInit(): Promise<void> {
  scene.line.cutAt(1, "after", ({ method, path }) => isWrite(method, path) && path.endsWith("/sys/init"));
  endedReadably(await init());
  scene.line.mend();
  expect(await isThere("init.json.under-way")).toBe(true);
}

/** What a run leaves that was killed right before its request, which never left. */
async function begunHere(): Promise<void> {
  await cutInit();
  const mark = JSON.parse(await readFile(file("init.json.under-way"), "utf8")) as object;
  await writeFile(file("init.json.under-way"), JSON.stringify({ ...mark, state: "begun" }));
}

/** Somebody else unseals Vault: they have its keys. */
function unsealedElsewhere(): void {
  for (const node of scene.vault.nodes) Object.assign(node, { storage: scene.vault.nodes[0]!.storage, unsealedAt: node.unsealedAt ?? 1 });
}

/** `operator init --wipe-lost`, or what it ends with. */
async function wipe(): Promise<CliError | undefined> {
  const world = await scene.world(spec);
  const steps = [{ id: "operator-init", title: "", resources: initResources(spec, true), checks: [] }];
  return converge({ steps, read: world, write: world, on: () => undefined })
    .then(
      () => undefined,
      (error: unknown) => endedReadably({ error } as Parameters<typeof endedReadably>[0]),
    )
    .finally(() => world.close());
}

describe("an init that was begun here, and not sent", () => {
  test("is no loss where somebody else initialised Vault: the mark goes, whether its pods are sealed or not", async () => {
    for (const unseal of [true, false]) {
      await begunHere();
      if (unseal) unsealedElsewhere();
      expect(results(ended(await init(true)))).toEqual({ "vault sys/init": "would-update" });
      ended(await init());
      expect(await isThere("init.json.under-way")).toBe(false);
      expect(ended(await init()).writes).toEqual([]);
      for (const node of scene.vault.nodes) node.wipe();
    }
  });
});

describe("an init that was sent, and whose answer never came", () => {
  beforeEach(cutInit);

  test("is lost while all pods are sealed", async () => {
    expect(endedReadably(await init()).kind.code).toBe("VK1503");
  });

  test("is not lost where a pod is unsealed: the mark goes, which is said, and nothing is deleted", async () => {
    unsealedElsewhere();
    const ran = ended(await init());
    expect(JSON.stringify(ran.events)).toContain("Vault is unsealed: somebody else has its keys");
    expect(await isThere("init.json.under-way")).toBe(false);
    expect(writesIn(ran.writes).filter(({ path }) => !path.includes("/leases"))).toEqual([]);
  });

  test("is wiped where pods and volumes are those that the request went to, and the new Vault's keys are kept", async () => {
    expect(await wipe()).toBeUndefined();
    expect(JSON.parse(await readFile(file("init.json"), "utf8"))).toHaveProperty("root_token");
    ended(await run(scene, { spec, ids: ["operator-unseal"] }));
  });

  test.each<readonly [what: string, speaks: RegExp, make: () => Promise<void> | void]>([
    ["a pod was started again", /Pod vault-1 was started again since/, () => scene.vault.node("vault-1").restart()],
    ["a pod was made anew", /Pod vault-0 was made anew since/, () => scene.prod.objects.remove("pods", "vault", "vault-0")],
    [
      "a volume was made anew",
      /PersistentVolumeClaim data-vault-2 was made anew since/,
      () => {
        const claim = scene.prod.objects.get("persistentvolumeclaims", "vault", "data-vault-2")!;
        scene.prod.objects.put("persistentvolumeclaims", { ...claim, metadata: { ...(claim["metadata"] as object), uid: "another" } });
      },
    ],
    [
      "it was not just now",
      /begun 2020-01-01T00:00:00.000Z: somebody may have initialised Vault since/,
      () => changeMark({ since: "2020-01-01T00:00:00.000Z" }),
    ],
    [
      "an earlier version left the mark",
      /begun by an earlier version/,
      () => changeMark({ seen: undefined, nonce: undefined, state: undefined }),
    ],
  ])("is not wiped where %s: it may be a Vault in use", async (_what, speaks, make) => {
    await make();
    const mark = scene.line.journal.length;
    const error = await wipe();
    expect([error?.kind.code, error?.why]).toEqual(["VK1514", expect.stringMatching(speaks)]);
    expect(scene.line.asked(mark).filter(({ method, path }) => method === "DELETE" && !path.includes("/leases/"))).toEqual([]);
  });
});

async function changeMark(changes: object): Promise<void> {
  const mark = JSON.parse(await readFile(file("init.json.under-way"), "utf8")) as object;
  await writeFile(file("init.json.under-way"), JSON.stringify({ ...mark, ...changes }));
}

test.each([
  ["a cluster that was made again under its name", { kubeSystemUid: "another" }],
  ["another namespace", { namespace: "tenant-x" }],
  ["another release", { release: "vault-2" }],
])("the mark of %s says nothing of this Vault", async (_of, changes) => {
  await cutInit();
  await changeMark(changes);
  // Vault is initialised, and its keys are with somebody.
  expect(ended(await init()).writes).toEqual([]);
  expect(await isThere("init.json.under-way")).toBe(true);
  for (const node of scene.vault.nodes) node.wipe();
  const error = endedReadably(await init());
  expect([error.kind.code, error.message]).toEqual(["VK1501", expect.stringContaining("An init of another Vault was begun")]);
});
