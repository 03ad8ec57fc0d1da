import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { StepId } from "../../src/config/step-id.ts";
import type { FakeKube } from "../fakes/kube/kube.ts";
import type { Storage } from "../fakes/vault/storage.ts";
import { ended, run } from "./run.ts";
import { planted, Scene } from "./scene.ts";
import { order } from "./stages.ts";
import { done, tearDown } from "./tear-down.ts";

// What bootstrap made and teardown took away leaves everything as it was, byte for byte, but for what teardown says that it keeps.
let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 60_000;
});
afterEach(() => scene.close());

type World = ReadonlyMap<string, string>;

async function world(): Promise<World> {
  await Promise.all([scene.prod.settled(), scene.staging.settled()]);
  const storages = [...new Set(scene.vault.nodes.flatMap(({ storage }) => storage ?? []))];
  return new Map([
    ...objects(scene.prod),
    ...objects(scene.staging),
    ...storages.flatMap((storage) => inVault(storage)),
    ...(await files()),
  ]);
}

const objects = ({ name, objects: all }: FakeKube): [string, string][] =>
  all.everything().map(([key, object]) => [`${name} ${key}`, JSON.stringify(object)]);

function inVault({ auth, mounts, policies, audit, tokens }: Storage): [string, string][] {
  const parts = { auth, mounts, policies, audit, tokens } as Readonly<Record<string, ReadonlyMap<string, unknown>>>;
  return Object.entries(parts).flatMap(([part, rows]) =>
    [...rows].map(([key, row]): [string, string] => [
      part === "tokens" ? `vault tokens of ${(row as { policies: string[] }).policies.join()}` : `vault ${part} ${key}`,
      JSON.stringify(row, (_, inner: unknown) => (inner instanceof Map ? [...(inner as Map<unknown, unknown>)] : inner)),
    ]),
  );
}

async function files(): Promise<[string, string][]> {
  const folder = join(scene.folder, "home");
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    all
      .filter((each) => each.isFile())
      .map(async ({ parentPath, name }): Promise<[string, string]> => {
        const file = join(parentPath, name);
        return [`file ${file.slice(folder.length + 1)}`, await readFile(file, "utf8")];
      }),
  );
}

/** What is there and was not, or is not and was, or is otherwise. */
const differences = (before: World, after: World): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key)).sort();

const ids = (flags: Flags): readonly StepId[] => (flags.vaultAddr === undefined && flags.vaultContext === undefined ? order : wiring);
const wiring = order.filter((id) => !["tls", "install", "tls-served", "operator-init", "operator-unseal", "retire-root"].includes(id));

async function bootstrap(flags: Flags): Promise<void> {
  const spec = await scene.spec(flags);
  const [first, rest] = [ids(flags).slice(0, ids(flags).indexOf("store")), ids(flags).slice(ids(flags).indexOf("store"))];
  ended(await run(scene, { spec, ids: first, timeoutMs: 60_000 }));
  scene.put(`k8s/${flags.cluster ?? "eks-prod"}/db`, { username: planted.username, password: planted.password });
  ended(await run(scene, { spec, ids: rest, timeoutMs: 60_000 }));
}

const definitions = ["clustersecretstores", "externalsecrets", "secretstores"].map(
  (name) => `customresourcedefinitions.apiextensions.k8s.io||${name}.external-secrets.io`,
);
const keyFiles = ["init.json", "init.json.origin", "init.json.token"].map((name) => `file .local/share/vault-k8s/eks-prod/${name}`);
/** Vault's namespace with its volumes, which is what makes it stay. */
const volumes = [
  "namespaces||vault",
  "serviceaccounts|vault|default",
  "configmaps|vault|kube-root-ca.crt",
  ...[0, 1, 2].map((index) => `persistentvolumeclaims|vault|data-vault-${index}`),
].map((key) => `eks-prod ${key}`);

describe.each([
  ["eso", definitions, {}, ""],
  ["kes", [], { operatorNamespace: "kes" }, "; their controller stands still meanwhile"],
] as const)("with %s", (operator, left, given, meanwhile) => {
  const flags: Flags = { operator, namespace: "shop", ...given };
  /** The application's Secret keeps its namespace. */
  const application = (cluster: string): string[] =>
    ["namespaces||shop", "serviceaccounts|shop|default", "configmaps|shop|kube-root-ca.crt", "secrets|shop|db"].map(
      (key) => `${cluster} ${key}`,
    );
  const leftIn = (cluster: string): string[] => left.map((key) => `${cluster} ${key}`);

  test("own Vault: data and keys stay, and what Vault holds of the whole", async () => {
    const before = await world();
    await bootstrap(flags);
    expect(differences(before, await world()).length).toBeGreaterThan(40);
    const { notes } = done(await tearDown(scene, {}, { flags }));
    const inVaultNow = [...(await world()).keys()].filter(
      (key) => key.startsWith("vault ") && !/^vault (auth|mounts|policies) (token|cubbyhole|identity|sys|default)/.test(key),
    );
    expect(inVaultNow.sort()).toEqual(["vault mounts kv/", "vault policies vault-k8s-admin", "vault tokens of default,vault-k8s-admin"]);
    const after = differences(before, await world()).filter((key) => !key.startsWith("vault "));
    expect(after).toEqual([...application("eks-prod"), ...leftIn("eks-prod"), ...volumes, ...keyFiles].sort());
    expect(notes).toMatchObject({
      "kubernetes ExternalSecrets": `their Secrets stay as they are, and are no longer updated${meanwhile}`,
      "kubernetes PersistentVolumeClaims of vault/vault": "stays: data is kept; --delete-data deletes it",
      "kubernetes Namespace vault": "stays: what is in it stays",
      "kubernetes Namespace shop": "stays: it holds Secret db",
    });
  });

  test("own Vault, with --delete-data and --delete-secrets: the keys alone stay", async () => {
    const before = await world();
    await bootstrap(flags);
    done(await tearDown(scene, { deleteData: true, keepSecrets: false }, { flags }));
    const after = differences(before, await world()).filter((key) => !key.startsWith("vault "));
    expect(after).toEqual([...leftIn("eks-prod"), ...keyFiles].sort());
  });

  test("Vault in another cluster, in which nothing changes but the engine that all share", async () => {
    const hub = order.slice(0, order.indexOf("audit"));
    ended(await run(scene, { spec: await scene.spec({ expose: "LoadBalancer" }), ids: hub, timeoutMs: 60_000 }));
    const before = await world();
    const there: Flags = { ...flags, cluster: "eks-staging", vaultContext: "eks-prod", kubernetesHost: scene.staging.url };
    await bootstrap(there);
    done(await tearDown(scene, {}, { flags: there }));
    const kept = [...application("eks-staging"), ...leftIn("eks-staging"), "vault mounts kv/"].sort();
    expect(differences(before, await world())).toEqual(kept);
    expect([...scene.vault.storage.mounts.get("kv/")!.secrets.keys()]).toEqual(["k8s/eks-staging/db"]);
    done(await tearDown(scene, { deleteData: true }, { flags: there }));
    expect(differences(before, await world())).toEqual(kept);
    expect([...scene.vault.storage.mounts.get("kv/")!.secrets.keys()]).toEqual([]);
  });

  test("Vault at an address", async () => {
    const { storage } = scene.vault.ready();
    await writeFile(join(scene.folder, "token"), `${storage.issued[0] ?? ""}\n`);
    const at: Flags = { ...flags, vaultAddr: scene.vault.url, vaultTokenFile: join(scene.folder, "token"), kubernetesHost: scene.prod.url };
    const before = await world();
    await bootstrap(at);
    done(await tearDown(scene, { deleteData: true, keepSecrets: false }, { flags: at }));
    expect(differences(before, await world())).toEqual([...leftIn("eks-prod"), "vault mounts kv/"].sort());
  });
});
