import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { FakeVault } from "../fakes/vault/vault.ts";
import { ended, endedReadably, results, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";

let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => {
  scene = await Scene.open();
  const stages = new Stages(scene, await scene.spec());
  wired = () => stages.before("retire-root");
  await wired();
}, 120_000);
beforeEach(async () => {
  await wired();
  scene.notices.length = 0;
});
afterAll(() => scene.close());

const steps = async (ids: Parameters<typeof run>[1]["ids"], flags: Flags = {}) => run(scene, { spec: await scene.spec(flags), ids });
const tokenFile = (): string => join(scene.folder, "home/.local/share/vault-k8s/eks-prod/init.json.token");
const keptToken = async (): Promise<string> => (JSON.parse(await readFile(tokenFile(), "utf8")) as { token: string }).token;
const rootId = (): string => scene.vault.storage.issued[0]!;

describe("a token that is kept and expired", () => {
  const expired = () => writeFile(tokenFile(), JSON.stringify({ token: "hvs.expired-long-ago" }), { mode: 0o600 });

  test("does not hide a root token that is still valid: the run goes on with that, says so once, and can make a new one", async () => {
    await expired();
    const ran = ended(await steps(["kv", "policy", "auth", "role"]));
    expect(new Set(Object.values(results(ran)))).toEqual(new Set(["unchanged"]));
    expect(scene.notices).toEqual([
      expect.stringMatching(/Vault does not know the token that is kept in .*init\.json: .*goes on with the root token/),
    ]);
    ended(await steps(["retire-root"]));
    expect(scene.vault.storage.tokens.get(await keptToken())?.policies).toContain("vault-k8s-admin");
    scene.notices.length = 0;
    ended(await steps(["kv"]));
    expect(scene.notices).toEqual([]);
  });

  test("is the error where the root token is revoked too", async () => {
    ended(await steps(["retire-root"]));
    await expired();
    expect(endedReadably(await steps(["kv"])).kind.code).toBe("VK1204");
    expect(scene.notices).toEqual([]);
  });

  test("is not looked past where a person gave a token", async () => {
    await expired();
    const file = join(scene.folder, "given");
    await writeFile(file, "hvs.given-and-unknown");
    expect(endedReadably(await steps(["kv"], { vaultTokenFile: file })).kind.code).toBe("VK1204");
    expect(scene.notices).toEqual([]);
  });
});

describe("another Vault in the place of the one that the keys belong to", () => {
  let other: FakeVault;
  let begin: number;

  beforeEach(async () => {
    other = await new FakeVault({ line: scene.line }).start();
    const { storage } = other.ready();
    for (const node of scene.vault.nodes) Object.assign(node, { storage, unsealedAt: node.unsealedAt ?? 1 });
    begin = scene.line.journal.length;
  });
  afterEach(() => other.stop());

  /** Who asked Vault what: a token that it did not issue is known by that. */
  const identities = (): string[] =>
    scene.line
      .asked(begin)
      .flatMap(({ server, identity, path }) => (server.startsWith("vault ") && identity !== "nobody" ? [`${identity} ${path}`] : []));

  test("gets no token of custody: neither the root token nor its successor", async () => {
    expect(endedReadably(await steps(["kv", "policy"])).kind.code).toBe("VK1507");
    await writeFile(tokenFile(), JSON.stringify({ token: rootId() }), { mode: 0o600 });
    const error = endedReadably(await steps(["retire-root"]));
    expect([error.kind.code, error.message]).toEqual([
      "VK1507",
      expect.stringMatching(/The token of .* is not sent to pod vault\/vault-\d/),
    ]);
    expect(identities()).toEqual([]);
  });

  test("gets the token that a person gave for it", async () => {
    const file = join(scene.folder, "given");
    const { id } = other.storage.issue({ displayName: "root", policies: ["root"], path: "auth/token/root" });
    await writeFile(file, id);
    ended(await steps(["kv"], { vaultTokenFile: file }));
    expect(identities().length).toBeGreaterThan(0);
  });
});
