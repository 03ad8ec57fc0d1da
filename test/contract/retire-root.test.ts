import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { KeysWriter } from "../../src/systems/world.ts";
import { adminToken } from "../../src/vault/root/admin-token.ts";
import { adminRules, sentWith } from "../../src/vault/root/step.ts";
import { capabilitiesOn, parsePolicy, patternFor } from "../fakes/vault/acl.ts";
import type { Token } from "../fakes/vault/storage.ts";
import { ended, endedReadably, results, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";
import { isWrite } from "./writes.ts";

vi.setConfig({ testTimeout: 60_000 });

let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => {
  scene = await Scene.open();
  const stages = new Stages(scene, await scene.spec());
  await stages.before("retire-root");
  wired = () => stages.before("retire-root");
}, 120_000);
afterEach(() => wired());
afterAll(() => scene.close());

const data = (file: string): string => join(scene.folder, "home/.local/share/vault-k8s/eks-prod", file);
const kept = async (): Promise<string | undefined> =>
  readFile(data("init.json.token"), "utf8").then(
    (text) => (JSON.parse(text) as { token: string }).token,
    () => undefined,
  );
const rootId = (): string => scene.vault.storage.issued[0]!;
const known = (id: string | undefined): Token | undefined => (id === undefined ? undefined : scene.vault.storage.tokens.get(id));
const retire = async (flags: Flags = {}, plan = false) => run(scene, { spec: await scene.spec(flags), ids: ["retire-root"], plan });
const findings = (ran: Awaited<ReturnType<typeof run>>): string[] =>
  ran.findings.map((finding) => `${finding.kind}: ${finding.kind === "pass" ? (finding.detail ?? "") : finding.reason}`);

/** A token as if a person had logged in, in a file that the run is told of. */
async function logIn(policies: readonly string[], path = "auth/userpass/login/alice"): Promise<string> {
  const { id } = scene.vault.storage.issue({ displayName: "userpass-alice", policies, path, ttl: 3600 });
  const file = join(scene.folder, "login");
  await writeFile(file, id, { mode: 0o600 });
  return file;
}

describe("by a token that is kept", () => {
  test("it is periodic, an orphan, in a file of its owner alone; the root token is gone, and the run goes on with the other", async () => {
    const ran = ended(await run(scene, { spec: await scene.spec(), ids: ["retire-root", "verify"] }));
    expect(results(ran)).toEqual({
      "vault sys/policies/acl/vault-k8s-admin": "created",
      "vault auth/token of vault-k8s-admin": "created",
      "vault root token": "updated",
    });
    expect(known(rootId())).toBeUndefined();
    expect(known(await kept())).toMatchObject({ parent: undefined, period: 768 * 3600, policies: ["default", "vault-k8s-admin"] });
    expect((await stat(data("init.json.token"))).mode & 0o777).toBe(0o600);
    expect(findings(ran)[0]).toBe("pass: revoked");
  });

  test.each(["before", "after"] as const)(
    "cut %s each request that changes or revokes: one of the two is always valid and in custody, and the next run goes on",
    async (when) => {
      const counts = ({ method, path }: { method: string; path: string }): boolean =>
        isWrite(method, path) || path.endsWith("/auth/token/revoke-self");
      // The policy, the token, a root generation that is begun and ended, the root token.
      for (let k = 1; k <= 5; k += 1) {
        await wired();
        scene.line.cutAt(k, when, counts);
        endedReadably(await retire());
        scene.line.mend();
        expect(
          [known(rootId()), known(await kept())].some((token) => token !== undefined),
          `cut ${when} ${k}`,
        ).toBe(true);
        if (when === "after" && k === 3) expect(endedReadably(await retire()).kind.code).toBe("VK1522");
        // A person ends what nobody is known to have begun.
        if (k === 3) for (const node of scene.vault.nodes) node.rootAttempt = undefined;
        ended(await retire());
        expect([known(rootId()), known(await kept())?.parent], `cut ${when} ${k}`).toEqual([undefined, undefined]);
        expect(known(await kept()), `cut ${when} ${k}`).toBeDefined();
      }
    },
  );

  test("is renewed when less than half of its period is left, and not before", async () => {
    ended(await retire());
    expect(ended(await retire()).writes).toEqual([]);
    const id = (await kept())!;
    const { tokens } = scene.vault.storage;
    tokens.set(id, { ...tokens.get(id)!, created: Date.now() - 400 * 3600 * 1000 });
    expect(ended(await retire()).writes.map(({ path }) => path)).toEqual(["/v1/auth/token/renew-self"]);
    expect(ended(await retire()).writes).toEqual([]);
  });

  const said = ({ events }: Awaited<ReturnType<typeof run>>): string =>
    events.flatMap((event) => (event.type === "progress" ? [event.message] : [])).join("\n");
  const tune = (hours: number): void => void (scene.vault.storage.auth.get("token/")!.config["max_lease_ttl"] = hours * 3600);

  test("a period that Vault caps is said, and makes no difference afterwards", async () => {
    const ran = ended(await retire({ adminTokenPeriod: "2000h" }));
    expect(said(ran)).toContain('period of "2000h0m0s" exceeded the effective max_ttl of "768h0m0s"');
    expect(said(ran)).toContain("768h");
    expect(known(rootId())).toBeUndefined();
    expect(results(ended(await retire({ adminTokenPeriod: "2000h" }, true)))["vault auth/token of vault-k8s-admin"]).toBe("unchanged");
  });

  test("one that would live less than a day takes nothing over: the root token stays, with the reason and the line that mends it", async () => {
    tune(1);
    const ran = await retire();
    const error = endedReadably(ran);
    expect([error.kind.code, error.why, error.fix]).toEqual([
      "VK1520",
      expect.stringContaining("less than a day") as string,
      expect.stringContaining("vault auth tune -max-lease-ttl=768h token/") as string,
    ]);
    expect(said(ran)).toContain("exceeded the effective max_ttl");
    expect(known(rootId())).toBeDefined();
    tune(768);
    ended(await retire());
    expect([known(rootId()), known(await kept())?.ttl]).toEqual([undefined, 768 * 3600]);
  });

  test.each([
    ["30", /unit/],
    ["3600", /unit/],
    ["23h", /24h/],
    ["90m", /24h/],
  ])("a period of %s is refused", async (adminTokenPeriod, words) => {
    await expect(scene.spec({ adminTokenPeriod })).rejects.toMatchObject({ kind: { code: "VK1004" }, why: words });
  });

  test("one that would die with the root token is replaced, not trusted", async () => {
    const child = scene.vault.storage.issue({
      displayName: "token",
      policies: ["default", "vault-k8s-admin"],
      path: "auth/token/create",
      ttl: 3600,
      period: 3600,
      parent: rootId(),
    });
    await writeFile(data("init.json.token"), JSON.stringify({ token: child.id }), { mode: 0o600 });
    const { tokens } = scene.vault.storage;
    ended(await retire({ vaultTokenFile: await fileOf(rootId()) }));
    expect(await kept()).not.toBe(child.id);
    expect([tokens.has(rootId()), tokens.has((await kept())!)]).toEqual([false, true]);
  });

  test("a policy of that name that is not ours stops it", async () => {
    const text = 'path "kv/*" { capabilities = ["read"] }';
    scene.vault.storage.policies.set("vault-k8s-admin", { text, rules: parsePolicy(text) });
    const ran = await retire();
    expect(endedReadably(ran).kind.code).toBe("VK1401");
    expect(known(rootId())).toBeDefined();
  });
});

const fileOf = async (token: string): Promise<string> => {
  const file = join(scene.folder, "given");
  await writeFile(file, token, { mode: 0o600 });
  return file;
};

describe("by a login", () => {
  const adminAuth = "userpass";

  test("whose token this run has: no token is kept, and the root token is gone", async () => {
    ended(await retire({ adminAuth }));
    expect(known(rootId())).toBeDefined();
    const vaultTokenFile = await logIn(["default", "vault-k8s-admin"]);
    const ran = ended(await retire({ adminAuth, vaultTokenFile }));
    expect([known(rootId()), await kept()]).toEqual([undefined, undefined]);
    expect(findings(ran)).toEqual(["pass: revoked"]);
  });

  test("nobody has logged in: the root token stays, and the run says how", async () => {
    const ran = await retire({ adminAuth });
    expect(findings(ran)[0]).toMatch(/^missing: The root token in .* is still valid/);
    expect(ran.findings[0]).toMatchObject({ fix: expect.stringContaining("vault login") as string });
    expect(known(rootId())).toBeDefined();
  });

  test("at another method: the root token stays", async () => {
    const ran = await retire({ adminAuth, vaultTokenFile: await logIn(["root"], "auth/ldap/login/alice") });
    expect(findings(ran)[0]).toMatch(/^missing/);
    expect(known(rootId())).toBeDefined();
  });

  test("that may not do enough: what it lacks is named, and the root token stays", async () => {
    const error = endedReadably(await retire({ adminAuth, vaultTokenFile: await logIn(["default"]) }));
    expect(error.kind.code).toBe("VK1520");
    expect(error.why).toContain("It lacks update, delete, sudo on sys/auth/k8s-eks-prod.");
    expect(known(rootId())).toBeDefined();
  });
});

describe("not at all", () => {
  test("with --keep-root nothing is written, and the run says what it means", async () => {
    const ran = ended(await retire({ keepRoot: true }));
    expect(ran.writes).toEqual([]);
    expect(findings(ran)[0]).toContain("may do anything in Vault");
    expect(known(rootId())).toBeDefined();
  });

  test("with a root token that is encrypted for its holder, or not in the key file, it stays, with a warning", async () => {
    const keys = JSON.parse(await readFile(data("init.json"), "utf8")) as { root_token: string };
    const vaultTokenFile = await fileOf(rootId());
    await writeFile(data("init.json"), JSON.stringify({ ...keys, root_token: "wcFMA".repeat(60) }));
    const encrypted = await retire({ vaultTokenFile });
    expect(findings(encrypted)[0]).toMatch(/^missing: .*encrypted for its holder/);
    const elsewhere = await retire({ vaultTokenFile, initFile: join(scene.folder, "none.json") });
    expect(findings(elsewhere)[0]).toMatch(/^missing: .*not in /);
    expect([...encrypted.writes, ...elsewhere.writes]).toEqual([]);
    expect(known(rootId())).toBeDefined();
  });

  test("where the token cannot be kept, no unknown token lives on, and the root token stays", async () => {
    const before = scene.vault.storage.tokens.size;
    const world = await scene.world(await scene.spec());
    const full: KeysWriter = { ...world.keys, keepToken: () => Promise.reject(new Error("disk full")) };
    const token = adminToken({ policy: "vault-k8s-admin", period: "768h" });
    await expect(token.apply({ ...world, keys: full }, () => undefined)).rejects.toThrow("disk full");
    await world.close();
    expect(scene.vault.storage.issued.length).toBe(before + 1);
    expect([scene.vault.storage.tokens.size, known(rootId()) === undefined]).toEqual([before, false]);
  });
});

describe("the policy", () => {
  test.each<[string, Flags]>([
    ["with the default names", {}],
    [
      "with other names",
      { authMount: "kubernetes/prod", policyName: "readers", kvMount: "team/kv", kvPrefix: "apps/", roleName: "eso", adminPolicy: "ops" },
    ],
    ["with the whole KV mount", { kvPrefix: "" }],
  ])("allows what is sent and holds no other rule, %s", async (_, flags) => {
    const spec = await scene.spec(flags);
    const rules = parsePolicy(adminRules(spec));
    const sent = sentWith(spec);
    for (const { path, capabilities } of sent) expect(capabilitiesOn(path, rules), path).toEqual(expect.arrayContaining([...capabilities]));
    for (const rule of rules) {
      const needs = sent.filter(({ path }) => patternFor(path, rules) === rule.path).flatMap(({ capabilities }) => capabilities);
      expect([...new Set(needs)].sort(), rule.path).toEqual([...rule.capabilities].sort());
    }
  });

  test("is no wider than one cluster where the names are not the defaults", async () => {
    const rules = parsePolicy(adminRules(await scene.spec({ authMount: "foo" })));
    expect([capabilitiesOn("auth/foo/config", rules), capabilitiesOn("auth/k8s-eks-prod/config", rules)]).toEqual([
      expect.arrayContaining(["create", "read", "update", "list"]),
      ["deny"],
    ]);
  });
});
