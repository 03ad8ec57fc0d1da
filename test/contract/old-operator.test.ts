import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { oldEso } from "../fakes/helm/charts.ts";
import { make } from "../fakes/kube/controllers.ts";
import { builtInKinds, resourceName } from "../fakes/kube/kinds.ts";
import { asObject, at, type JsonObject } from "../fakes/wire/json.ts";
import { ended, results, run, type Ran } from "./run.ts";
import { planted, Scene } from "./scene.ts";
import { order } from "./stages.ts";
import { done, tearDown } from "./tear-down.ts";
import { typed, type Typed } from "./typed.ts";

// External Secrets before 0.16 serves v1beta1 and not v1; it is supported from 0.9 on.
let scene: Scene;
let empty: () => Promise<void>;

beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 60_000;
  empty = await scene.save();
});
afterAll(() => scene.close());

const bootstrap = async (flags: Flags = {}): Promise<Ran> => run(scene, { spec: await scene.spec(flags), ids: order });

/** What the tool asked of the operator's group in a version that is not served. */
const askedOfV1 = (): string[] =>
  scene.line.journal
    .filter(({ identity, path }) => identity === "operator" && path.startsWith("/apis/external-secrets.io/v1/"))
    .map(({ method, path }) => `${method} ${path}`);

const group = "external-secrets.io";
const store = (): JsonObject | undefined => scene.prod.objects.get(`clustersecretstores.${group}`, undefined, "vault");
const external = (): JsonObject | undefined => scene.prod.objects.get(`externalsecrets.${group}`, "default", "db");
const secret = (): JsonObject | undefined => scene.prod.objects.get("secrets", "default", "db");

/** The operator as somebody else installed it, by hand. */
function oldOperator(): void {
  const { objects } = scene.prod;
  make(objects, "namespaces", { metadata: { name: "external-secrets" } });
  for (const object of oldEso.render({ name: "external-secrets", namespace: "external-secrets", values: {} }))
    make(objects, resourceName(builtInKinds.find(({ kind }) => kind === object["kind"])!), object);
}

/** Bootstrap, a secret in Vault, and all synced. */
async function wired(flags: Flags = {}): Promise<Ran> {
  ended(await bootstrap(flags));
  scene.put("k8s/eks-prod/db", { username: planted.username, password: planted.password });
  const again = ended(await bootstrap(flags));
  await scene.prod.settled();
  return again;
}

/** Every way to get such an operator. */
const ways: readonly (readonly [string, { readonly flags: Flags; readonly before: () => void }])[] = [
  ["that somebody else installed", { flags: {}, before: oldOperator }],
  ["of the chart that the settings name", { flags: { operatorChartVersion: oldEso.version }, before: () => undefined }],
];

describe.each(ways)("beside an operator that serves v1beta1 only, %s", (_, { flags, before }) => {
  let bootstrapped: () => Promise<void>;
  let again: Ran;

  beforeAll(async () => {
    await empty();
    before();
    again = await wired(flags);
    bootstrapped = await scene.save();
  }, 120_000);
  beforeEach(async () => {
    await bootstrapped();
    scene.line.journal.length = 0;
  });

  test("bootstrap works, and again has nothing to do", () => {
    expect(new Set(Object.values(results(again)))).toEqual(new Set(["unchanged"]));
    expect(again.findings.filter(({ kind }) => kind !== "pass")).toEqual([]);
    expect([store(), external(), secret()].every((object) => object !== undefined)).toBe(true);
  });

  test("teardown takes its objects away, by commands that name what is served", async () => {
    const { results: took } = done(await tearDown(scene, {}, { flags }));
    expect([took["kubernetes ClusterSecretStore vault"], took["kubernetes ExternalSecrets"]]).toEqual(["deleted", "deleted"]);
    expect([store(), external()]).toEqual([undefined, undefined]);
    expect(askedOfV1()).toEqual([]);
  });
});

describe("looks at an operator that serves v1beta1 only", () => {
  let bootstrapped: () => Promise<void>;

  beforeAll(async () => {
    await empty();
    oldOperator();
    await wired();
    bootstrapped = await scene.save();
  }, 120_000);
  beforeEach(async () => {
    await bootstrapped();
    scene.line.journal.length = 0;
  });

  const command = (name: string, ...flags: readonly string[]): Promise<Typed> =>
    typed([name, "--cluster", "eks-prod", "--kubeconfig", join(scene.folder, "kubeconfig"), "--timeout", "1s", ...flags], {
      cwd: scene.folder,
      env: { PATH: process.env["PATH"], HOME: join(scene.folder, "home"), LANG: "C.UTF-8" },
    });

  /** Puts fields into an object as another tool would that keeps it. */
  const written = (resource: string, object: JsonObject, change: (spec: JsonObject) => JsonObject): void => {
    const spec = change(structuredClone(asObject(object["spec"])));
    const managedFields = [{ manager: "another", operation: "Update", fieldsV1: { "f:spec": {} } }];
    scene.prod.objects.put(resource, { ...object, spec, metadata: { ...asObject(object["metadata"]), managedFields } });
  };

  test.each([["status"], ["verify"], ["doctor"], ["preflight"]])("%s finds all well", async (name) => {
    const helm = ["status", "preflight"].includes(name) ? ["--helm", scene.helm.program] : [];
    const { exit, stdout, stderr } = await command(name, "--secret", "db", ...helm);
    expect(exit, stdout + stderr).toBe(0);
    expect(askedOfV1()).toEqual([]);
  });

  test("the commands of bootstrap wait for a webhook of what is served", async () => {
    await empty();
    const flags = ["--operator-chart-version", oldEso.version, "--helm", scene.helm.program];
    await wired({ operatorChartVersion: oldEso.version });
    const { exit, stdout, stderr } = await command(
      "bootstrap",
      "--dry-run",
      "--print-commands",
      "--operator-set",
      "replicaCount=2",
      ...flags,
    );
    expect(exit, stderr).toBe(0);
    expect(stdout).toMatch(/webhook_serves\(\) \{[^}]*apiVersion: external-secrets\.io\/v1beta1\n/);
    expect(stdout).not.toMatch(/external-secrets\.io\/v1\n/);
  });

  test("verify finds it also for somebody who may not read definitions", async () => {
    scene.prod.access.deny({ username: "operator", resources: ["customresourcedefinitions"] });
    const { exit, stdout, stderr } = await command("verify", "--secret", "db");
    scene.prod.access.denyNothing();
    expect(exit, stdout + stderr).toBe(0);
    expect(askedOfV1()).toEqual([]);
  });

  test("teardown's commands delete what is served", async () => {
    const { exit, stdout, stderr } = await command("teardown", "--dry-run", "--print-commands", "--helm", scene.helm.program);
    expect(exit, stderr).toBe(0);
    const deletes = (stdout + stderr).split("\n").filter((line) => line.includes(`.${group} `) && line.includes("delete"));
    expect(deletes).toEqual([
      expect.stringContaining(`ExternalSecret.v1beta1.${group} db`),
      expect.stringContaining(`ClusterSecretStore.v1beta1.${group} vault`),
    ]);
  });

  test("doctor --fix mends a store that another tool wrote", async () => {
    written(`clustersecretstores.${group}`, store()!, (spec) => {
      asObject(at(spec, "provider", "vault", "auth", "kubernetes"))["role"] = "nobody";
      return spec;
    });
    const { exit, stdout, stderr } = await command("doctor", "--secret", "db", "--fix", "--yes");
    expect(exit, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/VD73 mended/);
    expect(at(store(), "spec", "provider", "vault", "auth", "kubernetes", "role")).toBe("external-secrets");
    expect(askedOfV1()).toEqual([]);
  });

  test("doctor --fix mends an ExternalSecret that another tool wrote", async () => {
    written(`externalsecrets.${group}`, external()!, (spec) => ({
      ...spec,
      secretStoreRef: { kind: "ClusterSecretStore", name: "other" },
    }));
    const { exit, stdout, stderr } = await command("doctor", "--secret", "db", "--fix", "--yes");
    expect(exit, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/VD81 mended/);
    expect(at(external(), "spec", "secretStoreRef", "name")).toBe("vault");
    expect(askedOfV1()).toEqual([]);
  });
});
