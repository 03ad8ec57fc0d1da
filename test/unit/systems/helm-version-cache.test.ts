import { chmod, copyFile, mkdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { helmClient } from "../../../src/systems/helm/client.ts";
import { keepVersion, knownVersion } from "../../../src/systems/helm/version-cache.ts";
import type { KubeReader } from "../../../src/systems/world.ts";
import { failsWith, folder } from "./server.ts";

/** A program that is no script, with a cache and a PATH of its own. */
async function machine(): Promise<{ dir: string; program: string; env: Record<string, string> }> {
  const dir = await folder();
  await mkdir(join(dir, "bin"));
  const program = join(dir, "bin", "helm");
  await copyFile("/bin/true", program);
  await chmod(program, 0o755);
  return { dir, program, env: { HOME: dir, PATH: `relative:${join(dir, "none")}:${join(dir, "bin")}` } };
}

test("a version is kept for the program that said it, whether it is named or found, in a file of its owner", async () => {
  const { dir, program, env } = await machine();
  const where = { program: "helm", env, cwd: "/" };
  expect(await knownVersion(where)).toBeUndefined();
  await keepVersion(where, "v4.3.1");
  expect(await knownVersion(where)).toBe("v4.3.1");
  expect(await knownVersion({ program: "bin/helm", env, cwd: dir })).toBe("v4.3.1");
  expect(await knownVersion({ program, env: { ...env, XDG_CACHE_HOME: join(dir, "elsewhere") }, cwd: "/" })).toBeUndefined();
  expect((await stat(join(dir, ".cache/vault-k8s/helm-versions.json"))).mode & 0o777).toBe(0o600);
});

test("it is asked again when the program has changed", async () => {
  const { program, env } = await machine();
  const where = { program, env, cwd: "/" };
  await keepVersion(where, "v4.3.1");
  await utimes(program, new Date(), new Date(Date.now() + 5_000));
  expect(await knownVersion(where)).toBeUndefined();
  await keepVersion(where, "v4.4.0");
  expect(await knownVersion(where)).toBe("v4.4.0");
});

test("a script, the program of a version manager and one that is not there are not remembered", async () => {
  const { dir, program, env } = await machine();
  await writeFile(join(dir, "bin", "helm-script"), "#!/bin/sh\n", { mode: 0o755 });
  await copyFile(program, join(dir, "bin", "mise"));
  await symlink(join(dir, "bin", "mise"), join(dir, "bin", "helm-by-mise"));
  for (const name of ["helm-script", "helm-by-mise", "helm-gone"]) {
    await keepVersion({ program: name, env, cwd: "/" }, "v4.3.1");
    expect(await knownVersion({ program: name, env, cwd: "/" }), name).toBeUndefined();
  }
  await expect(readFile(join(dir, ".cache/vault-k8s/helm-versions.json"))).rejects.toThrow("ENOENT");
});

test("a cache that is broken, or cannot be written, stops nothing", async () => {
  const { dir, program, env } = await machine();
  await mkdir(join(dir, ".cache/vault-k8s"), { recursive: true });
  const file = join(dir, ".cache/vault-k8s/helm-versions.json");
  for (const broken of ["{", "[]", JSON.stringify({ [program]: 7 }), JSON.stringify({ [program]: { state: 1, version: 2 } })]) {
    await writeFile(file, broken);
    expect(await knownVersion({ program, env, cwd: "/" }), broken).toBeUndefined();
  }
  await keepVersion({ program, env: { ...env, XDG_CACHE_HOME: program }, cwd: "/" }, "v4.3.1");
  await keepVersion({ program, env: { ...env, XDG_CACHE_HOME: "relative" }, cwd: "/" }, "v4.3.1");
});

test("where the version is known no helm runs to read a release; a driver that is refused is refused all the same", async () => {
  const { program, env } = await machine();
  const kube = { list: () => Promise.resolve([]) } as unknown as KubeReader;
  const client = (more: Record<string, string> = {}) =>
    helmClient({ program, env: { ...env, ...more }, cwd: "/", kubeconfig: undefined, context: "prod" }, kube);
  // It says nothing of itself.
  await failsWith(client().release("a", "b"), kinds.helmMissing);
  await keepVersion({ program, env, cwd: "/" }, "v4.3.1");
  expect(await client().release("a", "b")).toBeUndefined();
  expect(await client().version()).toBe("v4.3.1");
  await failsWith(client({ HELM_DRIVER: "sql" }).release("a", "b"), kinds.helmDriver);
  await keepVersion({ program, env, cwd: "/" }, "v3.1.0");
  await failsWith(client().release("a", "b"), kinds.helmTooOld);
});
