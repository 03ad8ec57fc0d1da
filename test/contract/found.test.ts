import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { converge } from "../../src/core/converge.ts";
import { CliError } from "../../src/core/errors.ts";
import { resolveSettings, type Resolved } from "../../src/config/resolve.ts";
import type { Flags } from "../../src/config/sources.ts";
import { inCluster } from "../../src/doctor/facts/in-cluster.ts";
import { inVault } from "../../src/doctor/facts/in-vault.ts";
import { nobodyChooses } from "../../src/cli/found/choose.ts";
import { vaultFrom } from "../../src/cli/found/place.ts";
import type { Followed } from "../../src/cli/found/tally.ts";
import { wiringFrom } from "../../src/cli/found/wiring.ts";
import { adoptStep } from "../../src/run/adopt/step.ts";
import { newAuthMount } from "../fakes/vault/storage.ts";
import { asObject, asText } from "../fakes/wire/json.ts";
import { eso, kes, makeByHand, typedAddress } from "./hand-made.ts";
import { ended, results, run, writesIn } from "./run.ts";
import { planted, type Scene } from "./scene.ts";
import { order, sceneBefore } from "./stages.ts";

let scene: Scene;
let empty: () => Promise<void>;

beforeAll(async () => {
  ({ scene, again: empty } = await sceneBefore("external-secrets"));
}, 240_000);
beforeEach(() => empty());
afterAll(() => scene.close());

/** The settings of a command line, with what a person is asked where two answers fit. */
async function found(flags: Flags = {}): Promise<Followed> {
  const resolve = (more: Flags): Promise<Resolved> =>
    resolveSettings({ flags: { cluster: "eks-prod", ...flags, ...more }, env: {}, cwd: "/", noFile: true });
  const { settings, origins } = await resolve({});
  const given = { settings, isSaid: (name: keyof typeof origins) => origins[name].kind === "flag" };
  const world = await scene.world(await scene.spec({ secrets: [], ...flags }));
  try {
    const cluster = await inCluster(world.kube);
    const place = await vaultFrom(cluster, given, nobodyChooses);
    const vault = await inVault(world);
    const rest = await wiringFrom(
      { cluster, vault },
      { given, choose: nobodyChooses, settle: async (more) => (await resolve(more)).settings },
    );
    return { settings: { ...place.settings, ...rest.settings }, rows: [...place.rows, ...rest.rows], notes: rest.notes };
  } finally {
    await world.close();
  }
}

const inBoth = {
  installNamespace: "vault",
  release: "vault",
  replicas: "3",
  insecureNoTls: true,
  operatorNamespace: "secrets-sync",
  operatorServiceAccount: "syncer",
  operatorRelease: "sync",
  authMount: "my-cluster",
  roleName: "shop",
  boundServiceAccounts: ["syncer"],
  boundNamespaces: ["secrets-sync"],
  rolePolicies: ["shop-read"],
  tokenTtl: "1200s",
  tokenMaxTtl: "0s",
  policyName: "shop-read",
  kvMount: "app-kv",
  kvPrefix: "shop/",
  consumerVaultAddr: typedAddress,
  namespace: "shop",
};

describe.each([
  [kes, { ...inBoth, operator: "kes", reviewerNamespace: "secrets-sync", reviewerServiceAccount: "syncer", secrets: ["db"] }],
  [
    eso,
    {
      ...inBoth,
      operator: "eso",
      reviewer: "local",
      audience: "vault-of-shop",
      storeKind: "ClusterSecretStore",
      storeName: "typed",
      secrets: ["db#user,password"],
      refreshInterval: "15s",
    },
  ],
] as const)("the article by hand with $kind", (made, settings) => {
  const secret = () => scene.prod.objects.get("secrets", "shop", "db");
  const password = (): string => Buffer.from(asText(asObject(secret()?.["data"])["password"]), "base64").toString();

  test("is found whole, and read alone", async () => {
    await makeByHand(scene, made);
    expect(password()).toBe(planted.password);
    const mark = scene.line.journal.length;
    const { settings: follow, notes } = await found();
    expect(follow).toEqual(settings);
    expect(notes).toEqual([]);
    expect(writesIn(scene.line.asked(mark))).toEqual([]);
  });

  test("goes on through adopt and bootstrap: its Secret stays the same object, and its value is updated", async () => {
    await makeByHand(scene, made);
    const before = asText(asObject(secret()?.["metadata"])["uid"]);
    const mark = scene.line.journal.length;
    const spec = await scene.spec({ ...(await found()).settings });
    const world = await scene.world(spec, 60_000);
    await converge({ steps: [adoptStep(spec, false)], read: world, write: world, on: () => undefined });
    await world.close();
    const ids = order.filter((id) => id !== "retire-root");
    ended(await run(scene, { spec, ids, timeoutMs: 60_000 }));
    const again = ended(await run(scene, { spec, ids, plan: true, timeoutMs: 60_000 }));
    expect(Object.entries(results(again)).filter(([, result]) => result !== "unchanged")).toEqual([]);
    const touched = writesIn(scene.line.asked(mark)).filter(({ method, path }) => method === "DELETE" || path.includes("/secrets/db"));
    expect(touched).toEqual([]);
    scene.vault.storage.mounts
      .get("app-kv/")!
      .secrets.set("shop/db", [{ data: { user: "shop", password: "changed" }, created: "2026-01-02T00:00:00Z" }]);
    await scene.prod.settled();
    expect([asText(asObject(secret()?.["metadata"])["uid"]), password()]).toEqual([before, "changed"]);
  });
});

const refusal = async (flags: Flags = {}): Promise<CliError> =>
  found(flags).then(
    ({ settings }) => expect.unreachable(JSON.stringify(settings)),
    (error: unknown) => (error instanceof CliError ? error : expect.unreachable(String(error))),
  );

describe("where two answers fit, nobody guesses", () => {
  test("two mounts of this cluster that nothing here names: the flag for each", async () => {
    await makeByHand(scene, kes);
    const { auth } = scene.vault.storage;
    auth.set("second/", {
      ...newAuthMount("kubernetes", ""),
      kubernetes: auth.get("my-cluster/")!.kubernetes,
      roles: auth.get("my-cluster/")!.roles,
    });
    expect((await found()).notes).toEqual([expect.stringContaining("auth/second is this cluster's too")]);
    scene.prod.objects.remove(kes.resource, "shop", "db");
    const { kind, fix } = await refusal();
    expect([kind.code, kind.exit]).toEqual(["VK1007", 64]);
    expect(fix).toMatch(/--auth-mount my-cluster: [^]*\n--auth-mount second: /);
    expect((await found({ authMount: "second" })).settings).toMatchObject({ roleName: "shop", kvPrefix: "shop/" });
  });

  test("a policy that opens more than one folder, or single secrets", async () => {
    await makeByHand(scene, eso);
    const { policies } = scene.vault.storage;
    const more = 'path "app-kv/data/shop/*" { capabilities = ["read"] }\npath "app-kv/data/common/*" { capabilities = ["read", "create"] }';
    policies.set("shop-read", { ...policies.get("shop-read")!, text: more });
    expect((await refusal()).fix).toMatch(
      /--kv-prefix shop\/: policy shop-read would no longer allow app-kv\/common\/, app-kv\/data\/common\/\* \(create\)\n.*--kv-prefix common\//,
    );
    expect((await found({ kvPrefix: "shop/" })).settings).toMatchObject({ policyName: "shop-read", kvMount: "app-kv" });
    policies.set("shop-read", { ...policies.get("shop-read")!, text: 'path "app-kv/data/shop/db" { capabilities = ["read"] }' });
    expect((await refusal()).fix).toContain("--kv-prefix shop/: policy shop-read opens single secrets there");
    policies.set("shop-read", { ...policies.get("shop-read")!, text: "path nonsense" });
    expect((await refusal()).fix).toBe("Say it with --policy-name, --kv-mount, --kv-prefix.");
    expect((await found({ policyName: "shop-read" })).notes).toContain("Policy shop-read is not there, or not understood.");
  });

  test("two stores of the same login", async () => {
    await makeByHand(scene, eso);
    const resource = "clustersecretstores.external-secrets.io";
    const store = scene.prod.objects.get(resource, undefined, "typed")!;
    scene.prod.objects.put(resource, { ...store, metadata: { name: "other" } });
    expect((await refusal()).fix).toMatch(/--store-name typed: [^]*--store-name other: /);
  });
});

test("where nothing of it is there, nothing follows but where Vault is", async () => {
  const { settings, notes } = await found();
  expect([settings, notes]).toEqual([{ installNamespace: "vault", release: "vault", replicas: "3", insecureNoTls: true }, []]);
});
