import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CliError } from "../../../src/core/errors.ts";
import { kinds } from "../../../src/errors.ts";
import { findKeyFile } from "../../../src/keys/find.ts";
import { dataFolder, defaultKeyFile, keyFiles } from "../../../src/keys/place.ts";
import { custodyOf, init, keys, killed } from "./custody.ts";
import { canary, errorOf, expectHidden, failsWith, folder } from "../systems/server.ts";

const at = (file: string | undefined, uid?: string) => custodyOf({ file, ...(uid !== undefined && { uid }) });

test("the place is proven, the init marked, and the keys kept so that only their owner reads them", async () => {
  const dir = join(await folder(), "deep", "prod");
  const file = join(dir, "init.json");
  const it = await at(file);
  expect([await it.read(), await it.initWasLost()]).toEqual([undefined, false]);
  await it.prepare(init);
  expect((await readdir(dir)).sort()).toEqual(["init.json.answer", "init.json.lock", "init.json.origin", "init.json.under-way"]);
  expect([await it.initWasLost(), await it.underWay()]).toMatchObject([false, { node: "vault-0", sent: false }]);
  await it.sending();
  expect([await it.initWasLost(), await it.underWay()]).toMatchObject([true, { node: "vault-0", sent: true }]);
  await it.keep(keys);
  expect([await it.read(), await it.initWasLost()]).toEqual([keys, false]);
  await it.settled();
  expect(await it.underWay()).toBeUndefined();
  expect((await readdir(dir)).sort()).toEqual(["init.json", "init.json.origin"]);
  expect([(await stat(dir)).mode & 0o777, (await stat(file)).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(it.describe()).toBe(file);
});

test("the file is what vault operator init -format=json prints", async () => {
  const file = join(await folder(), "init.json");
  await (await at(file)).keep(keys);
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

test("keys are never overwritten, neither before nor after an init, and those that find no place are not lost", async () => {
  const file = join(await folder(), "init.json");
  await writeFile(file, "precious");
  const it = await at(file);
  await failsWith(it.plan(), kinds.keysExist);
  await failsWith(it.prepare(init), kinds.keysExist);
  const { message } = await failsWith(it.keep(keys), kinds.custodyIncomplete);
  expect(await readFile(file, "utf8")).toBe("precious");
  expect(JSON.parse(await readFile(/safe in (\S+),/.exec(message)?.[1] ?? "", "utf8"))).toEqual(keys);
});

test("a place that cannot be written is told before an init", async () => {
  const dir = await folder();
  await writeFile(join(dir, "file"), "");
  await failsWith((await at(join(dir, "file", "init.json"))).prepare(init), kinds.keysNotWritable);
  await failsWith((await at("/proc/nowhere/init.json")).prepare(init), kinds.keysNotWritable);
  await failsWith((await at(undefined)).prepare(init), kinds.keysNotWritable);
});

// Root may write everywhere, so the test gives its rights away for a moment.
async function asNobody(work: () => Promise<unknown>): Promise<void> {
  if (process.getuid?.() !== 0) return void (await work());
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

test("a folder without write permission", async () => {
  const dir = await folder();
  await chmod(dir, 0o555);
  const it = await at(join(dir, "init.json"));
  await asNobody(() => failsWith(it.prepare(init), kinds.keysNotWritable));
});

test("an init that surely did not happen leaves no mark", async () => {
  const dir = await folder();
  const it = await at(join(dir, "init.json"));
  await it.prepare(init);
  await it.abandon();
  await it.abandon();
  expect([await it.initWasLost(), await readdir(dir)]).toEqual([false, ["init.json.origin"]]);
  await it.prepare(init);
});

test("a second run is refused from the first proof to the end; the lock of a process that has ended is not in the way", async () => {
  const file = join(await folder(), "init.json");
  const it = await at(file);
  await it.prepare(init);
  const other = await at(file);
  const works = [other.plan, () => other.prepare(init), other.initWasLost, other.underWay, other.complete, other.abandon];
  for (const work of works)
    expect((await failsWith(work(), kinds.runUnderWay)).why).toMatch(/\(process \d+, since .*\) holds .*init\.json\.lock/);
  await it.keep(keys);
  await failsWith(other.settled(), kinds.runUnderWay);
  await it.settled();
  await other.settled();
  expect(await other.read()).toEqual(keys);
});

test("an answer that a killed run left is read, and brought into custody", async () => {
  const dir = await folder();
  const it = await at(join(dir, "init.json"));
  await it.prepare(init);
  const { spool } = keyFiles(join(dir, "init.json"));
  const room = (await stat(spool)).size;
  await it.sending();
  await killed(join(dir, "init.json"));
  await writeFile(spool, JSON.stringify(keys).padEnd(room, " "));
  const next = await at(join(dir, "init.json"));
  expect([await next.read(), await next.initWasLost(), (await next.underWay())?.node]).toEqual([keys, false, "vault-0"]);
  await failsWith(next.prepare(init), kinds.keysExist);
  await next.complete();
  await next.settled();
  expect([await next.read(), (await readdir(dir)).sort()]).toEqual([keys, ["init.json", "init.json.origin"]]);
});

test("the token of an earlier Vault is not left beside new keys: it is refused before init", async () => {
  const dir = await folder();
  const it = await at(join(dir, "init.json"));
  await it.keepToken("hvs.of-an-earlier-vault");
  await failsWith(it.plan(), kinds.keysExist);
  await failsWith(it.prepare(init), kinds.keysExist);
  expect(await it.token()).toBe("hvs.of-an-earlier-vault");
  await rename(join(dir, "init.json.token"), join(dir, "old-token.json"));
  await it.prepare(init);
});

test("half an answer is none", async () => {
  const file = join(await folder(), "init.json");
  const it = await at(file);
  await it.prepare(init);
  await it.sending();
  await writeFile(keyFiles(file).spool, JSON.stringify(keys).slice(0, 100));
  expect([await it.read(), await it.initWasLost()]).toEqual([undefined, true]);
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
    expect((await failsWith((await at(file)).read(), kinds.badInput)).message).toContain(file);
  }
  await mkdir(join(dir, "a-folder"));
  await failsWith((await at(join(dir, "a-folder"))).read(), kinds.badInput);
});

test("reading never ends in anything but keys or a CliError", async () => {
  const dir = await folder();
  const file = join(dir, "init.json");
  const it = await at(file);
  const almost = fc.json().map((text) => JSON.stringify({ ...keys, unseal_keys_hex: text }));
  const sealed = fc.base64String().map((text) => `-----BEGIN AGE ENCRYPTED FILE-----\n${text}\n-----END AGE ENCRYPTED FILE-----\n`);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.uint8Array(), fc.string(), fc.json(), almost, sealed),
      fc.constantFrom(
        "init.json",
        "init.json.token",
        "init.json.origin",
        "init.json.under-way",
        "init.json.answer",
        "init.json.lock",
        "token.json",
        "origin.json",
        "init-under-way.json",
        "init-answer.json",
      ),
      async (content, name) => {
        await Promise.all((await readdir(dir)).map((entry) => writeFile(join(dir, entry), JSON.stringify(keys))));
        await writeFile(join(dir, name), content);
        const asked = await Promise.allSettled([it.read(), it.token(), it.initWasLost(), it.underWay(), it.vaultClusterId()]);
        for (const one of asked) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(CliError);
      },
    ),
    { numRuns: 200 },
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
      const it = await at(join(dir, `${(number += 1)}.json`));
      await it.prepare({ node: "vault-0", bytes: 64 });
      await it.keep(some);
      expect(await it.read()).toEqual(some);
    }),
    { numRuns: 20 },
  );
});

test("keys of a cluster that was made again under its old name are not used", async () => {
  const file = join(await folder(), "init.json");
  const old = await at(file, "uid-old");
  await old.prepare(init);
  await old.keep(keys);
  await old.keepToken("hvs.first");
  const again = await at(file, "uid-new");
  expectHidden(await errorOf(again.read()));
  expect((await failsWith(again.read(), kinds.badInput)).why).toContain("uid-old");
  await failsWith(again.token(), kinds.badInput);
  expect(await (await at(file, "")).read()).toBeDefined();
});

test("the cluster of the Vault that was unsealed is remembered beside the keys", async () => {
  const file = join(await folder(), "init.json");
  const it = await at(file);
  expect(await it.vaultClusterId()).toBeUndefined();
  await it.learnVaultClusterId("id-1");
  await it.prepare(init);
  expect(await it.vaultClusterId()).toBeUndefined();
  await it.learnVaultClusterId("id-2");
  expect(await (await at(file)).vaultClusterId()).toBe("id-2");
});

test("a token that is kept is read by the next run, from a file that only its owner reads, and replaced by a newer one", async () => {
  const dir = join(await folder(), "kept");
  const it = await at(join(dir, "init.json"));
  expect(await it.token()).toBeUndefined();
  await it.keepToken("hvs.first");
  await it.keepToken("hvs.second");
  expect(await (await at(join(dir, "init.json"))).token()).toBe("hvs.second");
  expect([(await stat(join(dir, "init.json.token"))).mode & 0o777, (await stat(dir)).mode & 0o777]).toEqual([0o600, 0o700]);
  await writeFile(join(dir, "file"), "");
  await failsWith((await at(join(dir, "file", "init.json"))).keepToken("hvs.first"), kinds.keysNotWritable);
});

test("the default place, and how another cluster's Vault is found again", async () => {
  const data = dataFolder({ XDG_DATA_HOME: await folder() }, "/home/me")!;
  expect(dataFolder({}, "/home/me")).toBe("/home/me/.local/share/vault-k8s");
  expect(dataFolder({ XDG_DATA_HOME: "relative" }, "/home/me")).toBe("/home/me/.local/share/vault-k8s");
  for (const home of ["", "relative", undefined]) expect(dataFolder({}, home)).toBeUndefined();
  await (await at(defaultKeyFile(data, "staging"), "uid-staging")).prepare(init);
  await (await at(defaultKeyFile(data, "prod"), "uid-prod")).prepare(init);
  await mkdir(join(data, "empty"));
  const find = (kubeSystemUid: string, from = data) => findKeyFile(from, { kubeSystemUid, namespace: "vault", release: "vault" });
  expect(await find("uid-prod")).toBe(defaultKeyFile(data, "prod"));
  expect(await find("uid-other")).toBeUndefined();
  expect(await find("uid", "/no/such/folder")).toBeUndefined();
});

test("two key files in one folder share nothing, also where only their extensions differ", () => {
  const names = (file: string): string[] => Object.values(keyFiles(file)).filter((name) => typeof name === "string");
  expect(keyFiles("/k/init.json")).toMatchObject({ origin: "/k/init.json.origin", underWay: "/k/init.json.under-way" });
  const all = ["/k/init.json", "/k/vault.prod", "/k/vault.stage", "/k/vault"].flatMap(names);
  expect(new Set(all).size).toBe(all.length);
});
