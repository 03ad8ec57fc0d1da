import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DiagnosisDocument } from "../../src/doctor/schema.ts";
import { faultsOf, meets } from "./fault-table.ts";
import { picture } from "./picture.ts";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";
import { typed, type Typed } from "./typed.ts";

let scene: Scene;
let stages: Stages;

beforeAll(async () => {
  scene = await Scene.open();
  stages = new Stages(scene, await scene.spec());
});
beforeEach(() => stages.before("verify"), 60_000);
afterAll(() => scene.close());

const command = (name: string, ...flags: readonly string[]): Promise<Typed> =>
  typed([name, "--cluster", "eks-prod", "--secret", "db", "--kubeconfig", join(scene.folder, "kubeconfig"), "--timeout", "1s", ...flags], {
    cwd: scene.folder,
    env: { PATH: process.env["PATH"], HOME: join(scene.folder, "home"), LANG: "C.UTF-8" },
  });

const doctor = (...flags: readonly string[]): Promise<Typed> => command("doctor", ...flags);

const diagnosis = async (...flags: readonly string[]): Promise<DiagnosisDocument> => {
  const { stdout, stderr } = await doctor("-o", "json", ...flags);
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout) as DiagnosisDocument;
};

/** A kubeconfig whose server listens nowhere. */
async function elsewhere(): Promise<string> {
  const file = join(scene.folder, "kubeconfig-elsewhere");
  const text = await readFile(join(scene.folder, "kubeconfig"), "utf8");
  await writeFile(file, text.replaceAll(/server: .*/g, "server: https://127.0.0.1:9"));
  return file;
}

const withoutRole = (): void => {
  for (const mount of scene.vault.storage.auth.values()) mount.roles?.clear();
};

describe("doctor", () => {
  test("says of a wired cluster that nothing is wrong, and changes nothing", async () => {
    const before = await picture(scene);
    const { causes, symptoms, seen, exitCode } = await diagnosis();
    expect([causes, symptoms, exitCode]).toEqual([[], [], 0]);
    expect(seen.length).toBeGreaterThan(8);
    expect(await picture(scene)).toEqual(before);
  });

  test("names a cause with a command that is as it was typed, and changes nothing", async () => {
    withoutRole();
    const before = await picture(scene);
    const { causes, exitCode } = await diagnosis();
    expect(causes[0]).toMatchObject({ code: "VD20", sure: "certain", mend: { byFix: true } });
    expect(causes[0]?.mend.command).toBe(`vault-k8s role --cluster eks-prod --kubeconfig ${join(scene.folder, "kubeconfig")}`);
    expect(exitCode).toBe(1);
    expect(await picture(scene)).toEqual(before);
  });

  test("--fix asks, and where nobody can be asked it says what to type and changes nothing", async () => {
    withoutRole();
    const before = await picture(scene);
    const { exit, stderr } = await doctor("--fix");
    expect(exit).toBe(64);
    expect(stderr).toMatch(/VD20[^]*--yes[^]*vault-k8s role --cluster eks-prod/);
    expect(await picture(scene)).toEqual(before);
  });

  test("--fix --yes mends it, and looks again", async () => {
    withoutRole();
    const { exit, stdout, stderr } = await doctor("--fix", "--yes");
    expect(exit, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/VD20 mended[^]*no cause found/);
  });
});

describe("what the operator does not say", () => {
  const secret = /\/api\/v1\/namespaces\/default\/secrets\/db$/;

  test("a Secret that holds other values than Vault is found, and none of its values is said", async () => {
    await scene.prod.settled();
    const held = { ...scene.prod.objects.get("secrets", "default", "db"), data: { username: "c29tZWJvZHktZWxzZQ==" } };
    scene.line.break(({ path, method }) =>
      method === "GET" && secret.test(path)
        ? { kind: "answer", status: 200, body: JSON.stringify(held), headers: { "content-type": "application/json" } }
        : undefined,
    );
    const { causes, exitCode } = await diagnosis();
    scene.line.mend();
    expect([causes.map(({ code }) => code), exitCode]).toEqual([["VD98"], 1]);
    expect(causes[0]?.mend).toMatchObject({
      byFix: true,
      command: expect.stringContaining("annotate externalsecret db -n default") as string,
    });
    expect(JSON.stringify(causes)).not.toMatch(/somebody-else|c29tZWJvZHk/);
  });

  test("a Secret that may not be read is no finding", async () => {
    scene.line.break(({ path }) => (secret.test(path) ? faultsOf.kube["403 forbidden"] : undefined));
    const { causes } = await diagnosis();
    scene.line.mend();
    expect(causes).toEqual([]);
  });

  test("a version that was deleted in Vault is brought back, not written anew", async () => {
    const { secrets } = scene.vault.storage.mounts.get("kv/")!;
    const versions = secrets.get("k8s/eks-prod/db")!;
    secrets.set("k8s/eks-prod/db", [...versions, { ...versions.at(-1)!, data: null }]);
    const { causes } = await diagnosis();
    expect(causes[0]).toMatchObject({ code: "VD89", sure: "certain" });
    expect(causes[0]?.mend.command).toBe("vault kv undelete -mount=kv -versions=2 k8s/eks-prod/db");
    secrets.delete("k8s/eks-prod/db");
    expect((await diagnosis()).causes[0]?.code).toBe("VD83");
  });
});

test("verify that fails names the cause and what mends it", async () => {
  withoutRole();
  const { exit, stderr } = await command("verify");
  expect(exit).toBe(1);
  expect(stderr).toMatch(/VK1604/);
  expect(stderr).toMatch(
    /The cause: The role does not exist \(VD20\)[^]*vault-k8s role --cluster eks-prod[^]*vault-k8s doctor --cluster eks-prod/,
  );
});

describe("a world that cannot be asked", () => {
  test("an API server that does not answer", async () => {
    const { exit, stderr } = await doctor("--kubeconfig", await elsewhere());
    expect([exit, /VK1103/.test(stderr)], stderr).toEqual([69, true]);
  });

  test("an API server that does not know who asks", async () => {
    scene.line.break((request) => (meets("kube", "every request", request) ? faultsOf.kube["401 unauthorized"] : undefined));
    const { exit, stderr } = await doctor();
    scene.line.mend();
    expect([exit, /VK1104/.test(stderr)], stderr).toEqual([77, true]);
  });

  test("Vault is sealed", async () => {
    for (const node of scene.vault.nodes) node.restart();
    const { causes, exitCode } = await diagnosis();
    expect([causes[0]?.code, exitCode]).toEqual(["VD04", 1]);
    expect(causes[0]?.mend.command).toMatch(/^vault-k8s operator unseal --cluster eks-prod/);
  });

  test("a token that Vault does not know: no cause is guessed", async () => {
    const file = join(scene.folder, "token");
    await writeFile(file, "hvs.canary-of-a-token-that-nobody-knows");
    const { exit, stdout } = await doctor("--vault-token-file", file);
    expect([exit, /No cause found[^]*Vault cannot be asked/.test(stdout)], stdout).toEqual([77, true]);
  });
});
