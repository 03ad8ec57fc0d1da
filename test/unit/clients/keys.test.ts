import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CliError } from "../../../src/core/errors.ts";
import { kinds } from "../../../src/errors.ts";
import { keyCustody } from "../../../src/clients/keys/custody.ts";
import { dataFolder, defaultKeyFile, findByUid, keyFiles } from "../../../src/clients/keys/place.ts";
import type { Keys, KeysWriter } from "../../../src/clients/world.ts";
import { canary, errorOf, expectHidden, failsWith, folder } from "./server.ts";

const custody = (file: string | undefined, uid = "uid-1"): KeysWriter =>
  keyCustody({
    title: "the key file",
    file: () => Promise.resolve(file),
    origin: () => Promise.resolve(uid === "" ? {} : { kubeSystemUid: uid, namespace: "vault", context: "prod" }),
  });

const keys: Keys = {
  unseal_keys_b64: ["a2V5"],
  unseal_keys_hex: ["6b6579"],
  unseal_shares: 1,
  unseal_threshold: 1,
  recovery_keys_b64: [],
  recovery_keys_hex: [],
  recovery_keys_shares: 0,
  recovery_keys_threshold: 0,
  root_token: canary,
};

test("the place is proven, the init marked, and the keys kept so that only their owner reads them", async () => {
  const dir = join(await folder(), "deep", "prod");
  const file = join(dir, "init.json");
  const it = custody(file);
  expect([await it.read(), await it.initWasLost()]).toEqual([undefined, false]);
  await it.prepare();
  expect((await readdir(dir)).sort()).toEqual(["init-under-way.json", "origin.json"]);
  expect(await it.initWasLost()).toBe(true);
  await it.keep(keys);
  expect([await it.read(), await it.initWasLost()]).toEqual([keys, false]);
  expect((await readdir(dir)).sort()).toEqual(["init.json", "origin.json"]);
  expect([(await stat(dir)).mode & 0o777, (await stat(file)).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(it.describe()).toBe(file);
});

test("the file is what vault operator init -format=json prints", async () => {
  const file = join(await folder(), "init.json");
  await custody(file).keep(keys);
  expect(Object.keys(JSON.parse(await readFile(file, "utf8")) as object)).toEqual([
    "unseal_keys_b64",
    "unseal_keys_hex",
    "unseal_shares",
    "unseal_threshold",
    "recovery_keys_b64",
    "recovery_keys_hex",
    "recovery_keys_shares",
    "recovery_keys_threshold",
    "root_token",
  ]);
});

test("keys are never overwritten, neither before nor after an init", async () => {
  const file = join(await folder(), "init.json");
  await writeFile(file, "precious");
  await failsWith(custody(file).prepare(), kinds.keysExist);
  await failsWith(custody(file).keep(keys), kinds.keysExist);
  expect(await readFile(file, "utf8")).toBe("precious");
});

test("a place that cannot be written is told before an init", async () => {
  const dir = await folder();
  await writeFile(join(dir, "file"), "");
  await failsWith(custody(join(dir, "file", "init.json")).prepare(), kinds.keysNotWritable);
  await failsWith(custody("/proc/nowhere/init.json").prepare(), kinds.keysNotWritable);
  await failsWith(custody(undefined).prepare(), kinds.keysNotWritable);
});

// Root may write everywhere, so the test gives its rights away for a moment.
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

test("a folder without write permission", async () => {
  const dir = await folder();
  await chmod(dir, 0o500);
  await asNobody(async () => void (await failsWith(custody(join(dir, "init.json")).prepare(), kinds.keysNotWritable)));
});

test("an init that surely did not happen leaves no mark", async () => {
  const file = join(await folder(), "init.json");
  const it = custody(file);
  await it.prepare();
  await it.abandon();
  await it.abandon();
  expect(await it.initWasLost()).toBe(false);
  await it.prepare();
});

test("a file that is not what it should be is named, and nothing of it is shown", async () => {
  const dir = await folder();
  const file = join(dir, "init.json");
  for (const text of [
    `{ "root_token": "${canary}"`,
    `"${canary}"`,
    JSON.stringify({ ...keys, unseal_keys_b64: canary }),
    JSON.stringify({ root_token: canary }),
  ]) {
    await writeFile(file, text);
    expect((await failsWith(custody(file).read(), kinds.badInput)).message).toContain(file);
  }
  await mkdir(join(dir, "a-folder"));
  await failsWith(custody(join(dir, "a-folder")).read(), kinds.badInput);
});

test("reading never ends in anything but keys or a CliError", async () => {
  const file = join(await folder(), "init.json");
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      await writeFile(file, text);
      const error = await custody(file)
        .read()
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CliError);
    }),
  );
});

test("whatever is kept is read back the same", async () => {
  const dir = await folder();
  let number = 0;
  const words = fc.array(fc.string());
  const any = fc.record({
    unseal_keys_b64: words,
    unseal_keys_hex: words,
    unseal_shares: fc.nat(),
    unseal_threshold: fc.nat(),
    recovery_keys_b64: words,
    recovery_keys_hex: words,
    recovery_keys_shares: fc.nat(),
    recovery_keys_threshold: fc.nat(),
    root_token: fc.string(),
  });
  await fc.assert(
    fc.asyncProperty(any, async (some) => {
      const it = custody(join(dir, `${(number += 1)}.json`));
      await it.keep(some);
      expect(await it.read()).toEqual(some);
    }),
    { numRuns: 20 },
  );
});

test("keys of a cluster that was made again under its old name are not used", async () => {
  const file = join(await folder(), "init.json");
  await custody(file, "uid-old").prepare();
  await custody(file, "uid-old").keep(keys);
  expectHidden(await errorOf(custody(file, "uid-new").read()));
  expect((await failsWith(custody(file, "uid-new").read(), kinds.badInput)).why).toContain("uid-old");
  expect(await custody(file, "").read()).toBeDefined();
});

test("the default place, and how another cluster's Vault is found again", async () => {
  const data = dataFolder({ XDG_DATA_HOME: await folder() }, "/home/me");
  expect(dataFolder({}, "/home/me")).toBe("/home/me/.local/share/vault-k8s");
  expect(dataFolder({ XDG_DATA_HOME: "relative" }, "/home/me")).toBe("/home/me/.local/share/vault-k8s");
  await custody(defaultKeyFile(data, "staging"), "uid-staging").prepare();
  await custody(defaultKeyFile(data, "prod"), "uid-prod").prepare();
  await mkdir(join(data, "empty"));
  expect(await findByUid(data, "uid-prod")).toBe(defaultKeyFile(data, "prod"));
  expect(await findByUid(data, "uid-other")).toBeUndefined();
  expect(await findByUid("/no/such/folder", "uid")).toBeUndefined();
});

test("two key files in one folder do not share their marks", () => {
  expect(keyFiles("/k/init.json")).toMatchObject({ origin: "/k/origin.json", underWay: "/k/init-under-way.json" });
  expect(keyFiles("/k/prod.json")).toMatchObject({ origin: "/k/prod-origin.json", underWay: "/k/prod-under-way.json" });
});
