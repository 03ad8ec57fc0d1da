import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { findKeyFile, keyFileByName } from "../../../src/keys/find.ts";
import { defaultKeyFile, keyFiles } from "../../../src/keys/place.ts";
import { custodyOf, init, keys } from "./custody.ts";
import { canary, failsWith, folder } from "../systems/server.ts";

interface Vault {
  readonly uid?: string;
  readonly namespace?: string;
  readonly release?: string;
}

/** Keys and a token of the Vault `vault` in namespace `vault` of the cluster uid-1. */
async function kept(file: string, vault: Vault = {}): Promise<void> {
  const it = await custodyOf({ file, ...vault });
  await it.prepare(init);
  await it.sending();
  await it.keep(keys);
  await it.learnVaultClusterId("id-of-prod");
  await it.settled();
  await it.keepToken(canary);
}

const others: readonly (readonly [string, Vault, RegExp])[] = [
  ["another cluster", { uid: "uid-2" }, /UID uid-1; context prod is uid-2/],
  ["another namespace", { namespace: "tenant-x" }, /namespace vault; this run is about release vault in namespace tenant-x/],
  ["another release", { release: "vault-2" }, /release vault in namespace vault; this run is about release vault-2 in/],
];

test.each(others)(
  "keys and tokens are not given out for %s, nothing of theirs is changed, and its id is not taken for theirs",
  async (_of, vault, why) => {
    const dir = await folder();
    const file = join(dir, "init.json");
    await kept(file);
    const files = async () => Promise.all((await readdir(dir)).sort().map(async (name) => [name, await readFile(join(dir, name), "utf8")]));
    const before = await files();
    const it = await custodyOf({ file, ...vault });
    expect((await failsWith(it.read(), kinds.badInput)).why).toMatch(why);
    await failsWith(it.token(), kinds.badInput);
    await failsWith(it.keepToken("hvs.of-another"), kinds.badInput);
    await it.learnVaultClusterId("id-of-another");
    expect([await it.vaultClusterId(), await it.initWasLost(), await it.underWay()]).toEqual([undefined, false, undefined]);
    await failsWith(it.plan(), kinds.keysExist);
    expect(await files()).toEqual(before);
  },
);

test("what is not known is no contradiction: an earlier version kept no release, and an address has none of it", async () => {
  const file = join(await folder(), "init.json");
  await kept(file);
  const { origin } = keyFiles(file);
  const { release: _release, ...older } = JSON.parse(await readFile(origin, "utf8")) as { release: string };
  await writeFile(origin, JSON.stringify(older));
  expect(await (await custodyOf({ file, release: "vault-2" })).read()).toEqual(keys);
  expect(await (await custodyOf({ file, uid: "" })).read()).toEqual(keys);
  // The next unseal learns it.
  await (await custodyOf({ file })).learnVaultClusterId("id-of-prod");
  expect(JSON.parse(await readFile(origin, "utf8"))).toMatchObject({ release: "vault", vaultClusterId: "id-of-prod" });
  await failsWith((await custodyOf({ file, release: "vault-2" })).read(), kinds.badInput);
});

const hub = { kubeSystemUid: "uid-hub", namespace: "vault", release: "vault" };

test("a hub's key file is found by its UID, namespace and release; several answers are an error that names them", async () => {
  const data = await folder();
  await kept(defaultKeyFile(data, "hub"), { uid: "uid-hub" });
  await kept(join(data, "hub", "tenant.json"), { uid: "uid-hub", namespace: "tenant-x" });
  expect(await findKeyFile(data, hub)).toBe(join(data, "hub", "init.json"));
  expect(await findKeyFile(data, { ...hub, namespace: "tenant-x" })).toBe(join(data, "hub", "tenant.json"));
  expect(await findKeyFile(data, { ...hub, release: "vault-2" })).toBeUndefined();
  await kept(defaultKeyFile(data, "a-copy"), { uid: "uid-hub" });
  const { message, fix } = await failsWith(findKeyFile(data, hub), kinds.badInput);
  expect(message).toContain(`${join(data, "a-copy", "init.json")}, ${join(data, "hub", "init.json")}`);
  expect(fix).toContain("--init-file");
});

test("a hub's key file of an earlier version is found too", async () => {
  const data = await folder();
  await mkdir(join(data, "hub"));
  await writeFile(join(data, "hub", "init.json"), JSON.stringify(keys));
  await writeFile(join(data, "hub", "origin.json"), JSON.stringify({ kubeSystemUid: "uid-hub", namespace: "vault", context: "hub" }));
  expect(await findKeyFile(data, hub)).toBe(join(data, "hub", "init.json"));
  expect(await findKeyFile(data, { ...hub, namespace: "tenant-x" })).toBeUndefined();
});

test("a second Vault of a cluster has a key file of its own by default; one that was made again under its name has not", async () => {
  const data = await folder();
  const [first, second] = [defaultKeyFile(data, "prod"), join(data, "prod", "tenant-x.vault.json")];
  const of = (vault: Vault) => keyFileByName(data, "prod", { kubeSystemUid: "uid-1", namespace: "vault", release: "vault", ...vault });
  expect([await of({}), await of({ namespace: "tenant-x" })]).toEqual([first, first]);
  await kept(first);
  expect([await of({}), await of({ namespace: "tenant-x" }), await of({ release: "other" })]).toEqual([
    first,
    second,
    join(data, "prod", "vault.other.json"),
  ]);
  expect(await keyFileByName(data, "prod", { ...hub, kubeSystemUid: "uid-2" })).toBe(first);
  expect(await keyFileByName(data, "prod", {})).toBe(first);
  await kept(second, { namespace: "tenant-x" });
  expect(await findKeyFile(data, { kubeSystemUid: "uid-1", namespace: "tenant-x", release: "vault" })).toBe(second);
});
