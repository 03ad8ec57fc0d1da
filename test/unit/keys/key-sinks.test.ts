import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import type { KubeObject, KubeWriter } from "../../../src/systems/world.ts";
import { custodyOf, init, keys, killed } from "./custody.ts";
import { canary, errorOf, expectHidden, failsWith, folder } from "../systems/server.ts";

interface Age {
  readonly recipient: string;
  readonly identity: string;
}

async function age(dir: string, name = "identity"): Promise<Age> {
  const secret = await generateIdentity();
  await writeFile(join(dir, name), `# created: now\n# public key: …\n${secret}\n`);
  return { recipient: await identityToRecipient(secret), identity: join(dir, name) };
}

test("age: the file holds ciphertext, which the identity opens; without one it is said what is missing", async () => {
  const dir = await folder();
  const file = join(dir, "keys", "init.json");
  const { recipient, identity } = await age(dir);
  const it = await custodyOf({ file, flags: { keysAgeRecipients: [recipient], keysAgeIdentity: identity } });
  expect(await it.plan()).toEqual([]);
  await it.prepare(init);
  await it.keep(keys);
  await it.keepToken(canary);
  for (const name of ["init.json", "init.json.token"]) {
    const text = await readFile(join(dir, "keys", name), "utf8");
    expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expectHidden(new Error(text));
  }
  expect([await it.read(), await it.token()]).toEqual([keys, canary]);
  const later = await custodyOf({ file, flags: { keysAgeIdentity: identity } });
  expect(await later.read()).toEqual(keys);
  expect((await failsWith((await custodyOf({ file })).read(), kinds.noKeys)).fix).toContain("--keys-age-identity");
});

test("age: an identity that does not fit, or is none, is found before an init", async () => {
  const dir = await folder();
  const file = join(dir, "keys", "init.json");
  const [mine, other] = [await age(dir), await age(dir, "other")];
  await writeFile(join(dir, "no-identity"), "hello\n");
  const prepare = async (identity: string, recipients = [mine.recipient]) =>
    (await custodyOf({ file, flags: { keysAgeRecipients: recipients, keysAgeIdentity: identity } })).prepare(init);
  await failsWith(prepare(other.identity), kinds.badInput);
  await failsWith(prepare(join(dir, "no-identity")), kinds.badInput);
  await failsWith(prepare(join(dir, "nowhere")), kinds.badInput);
  await failsWith(prepare(mine.identity, ["age1notarecipient"]), kinds.badValue);
  await expect(readFile(file)).rejects.toMatchObject({ code: "ENOENT" });
  await prepare(mine.identity);
});

test("age without an identity is unproven: refused, unless the risk is taken; a killed run's answer becomes the key file unread", async () => {
  const dir = await folder();
  const file = join(dir, "keys", "init.json");
  const { recipient, identity } = await age(dir);
  const flags = { keysAgeRecipients: [recipient] };
  expect((await failsWith((await custodyOf({ file, flags })).prepare(init), kinds.custodyUnproven)).fix).toContain("--accept-unproven");
  const it = await custodyOf({ file, flags: { ...flags, acceptUnproven: true } });
  expect((await it.plan()).join()).toContain("unproven");
  await it.prepare(init);
  const spool = join(dir, "keys", "init.json.answer");
  await it.sending();
  await killed(file);
  const sealed = await custodyOf({ file: join(dir, "other", "init.json"), flags: { ...flags, acceptUnproven: true } });
  await sealed.keep(keys);
  await writeFile(spool, await readFile(join(dir, "other", "init.json")));
  const next = await custodyOf({ file, flags: { ...flags, acceptUnproven: true } });
  expect(await next.initWasLost()).toBe(false);
  await next.complete();
  expect((await readdir(join(dir, "keys"))).sort()).toEqual(["init.json", "init.json.origin"]);
  expect(await (await custodyOf({ file, flags: { keysAgeIdentity: identity } })).read()).toEqual(keys);
});

const store = (dir: string) => ({
  keysCommand: `cat > ${dir}/$VAULT_K8S_CLUSTER-$VAULT_K8S_DOCUMENT`,
  keysReadCommand: `cat ${dir}/$VAULT_K8S_CLUSTER-$VAULT_K8S_DOCUMENT`,
});

test("a command keeps the keys, another gives them back; no key file is written unless it is asked for", async () => {
  const dir = await folder();
  const file = join(dir, "keys", "init.json");
  const it = await custodyOf({ file, flags: store(dir) });
  await it.prepare(init);
  expect(JSON.parse(await readFile(join(dir, "prod-probe.json"), "utf8"))).toHaveProperty("probe");
  await it.keep(keys);
  await it.settled();
  await it.keepToken(canary);
  expect(await readdir(join(dir, "keys"))).toEqual(["init.json.origin"]);
  expect(JSON.parse(await readFile(join(dir, "prod-init.json"), "utf8"))).toEqual(keys);
  const later = await custodyOf({ file, flags: store(dir) });
  expect([await later.read(), await later.token()]).toEqual([keys, canary]);
  await failsWith(later.plan(), kinds.keysExist);
});

test("several at once: the file that was asked for, and the command", async () => {
  const dir = await folder();
  const file = join(dir, "keys", "init.json");
  const it = await custodyOf({ file, flags: { ...store(dir), initFile: file } });
  await it.prepare(init);
  await it.keep(keys);
  expect([JSON.parse(await readFile(file, "utf8")), JSON.parse(await readFile(join(dir, "prod-init.json"), "utf8"))]).toEqual([keys, keys]);
});

test("a command gets neither our variables nor a secret in its environment or arguments", async () => {
  const dir = await folder();
  const flags = {
    keysCommand: `env > ${dir}/env; cat /proc/$$/cmdline > ${dir}/argv; cat > ${dir}/kept`,
    keysReadCommand: `cat ${dir}/kept`,
  };
  const it = await custodyOf({
    file: join(dir, "init.json"),
    flags,
    env: { PATH: process.env["PATH"], VAULT_TOKEN: canary, BAO_TOKEN: canary, HOME: "/home/me" },
  });
  await it.keepToken(canary);
  const [env, argv] = await Promise.all([readFile(join(dir, "env"), "utf8"), readFile(join(dir, "argv"), "utf8")]);
  expect(env).toContain("HOME=/home/me");
  expect(env).toContain("VAULT_K8S_DOCUMENT=token.json");
  expect(env + argv).not.toContain(canary);
});

test.each([
  ["fails", "cat > /dev/null; echo 'vault is locked' >&2; exit 3", "ended with 3: vault is locked"],
  ["hangs", "cat > /dev/null; sleep 600", "did not end within"],
  ["is not there", "no-such-password-manager", "ended with 127"],
  ["keeps nothing", "cat > /dev/null", "not there"],
  ["keeps something else", "sed s/[0-9]/7/g > $PLACE", "not what was written"],
])("a command that %s is found before an init", async (_what, command, words) => {
  const dir = await folder();
  const it = await custodyOf({
    file: join(dir, "init.json"),
    flags: { keysCommand: command.replace("$PLACE", `${dir}/kept`), keysReadCommand: `[ ! -e ${dir}/kept ] || cat ${dir}/kept` },
  });
  expect((await failsWith(it.prepare(init), kinds.keysNotWritable)).why).toContain(words);
  expect(await readdir(dir)).not.toContain("init.json.under-way");
});

test("what a failing command repeats of the keys is hidden", async () => {
  const it = await custodyOf({
    file: join(await folder(), "init.json"),
    flags: { keysCommand: "cat >&2; exit 1", keysReadCommand: "exit 1", initFile: join(await folder(), "init.json") },
  });
  expectHidden(await errorOf(it.keepToken(canary)));
  const error = await errorOf(it.keep(keys));
  for (const secret of [canary, ...keys.unseal_keys_b64, ...keys.unseal_keys_hex])
    expect([error.message, error.why, error.fix].join()).not.toContain(secret);
});

test("a place that fails after the init does not keep the keys from the others, and gets them from the next run", async () => {
  const dir = await folder();
  const file = join(dir, "keys", "init.json");
  const flags = { ...store(dir), initFile: file };
  const it = await custodyOf({ file, flags: { ...flags, keysCommand: `[ "$VAULT_K8S_DOCUMENT" = probe.json ] && ${flags.keysCommand}` } });
  await it.prepare(init);
  const { message, why } = await failsWith(it.keep(keys), kinds.custodyIncomplete);
  expect(`${message} ${why}`).toMatch(/safe in .*the command of --keys-command/s);
  await killed(file);
  const next = await custodyOf({ file, flags });
  expect([await next.read(), await next.initWasLost(), (await next.underWay())?.node]).toEqual([keys, false, "vault-0"]);
  await next.complete();
  expect(JSON.parse(await readFile(join(dir, "prod-init.json"), "utf8"))).toEqual(keys);
  expect((await readdir(join(dir, "keys"))).sort()).toEqual(["init.json", "init.json.origin", "init.json.under-way"]);
});

test.each([
  ["fails", "echo locked >&2; exit 9", /ended with 9: locked/],
  ["prints nothing", ":", /not there now/],
])("keys that were kept are not lost because their reader %s before they were proven", async (_, reader, why) => {
  const dir = await folder();
  const file = join(dir, "keys", "init.json");
  const it = await custodyOf({ file, flags: store(dir) });
  await it.prepare(init);
  await it.sending();
  expect(await it.initWasLost()).toBe(true);
  await it.keep(keys);
  await killed(file);
  const locked = await custodyOf({ file, flags: { ...store(dir), keysReadCommand: reader } });
  expect([await locked.initWasLost(), (await locked.underWay())?.node]).toEqual([false, "vault-0"]);
  const error = await failsWith(locked.complete(), kinds.noKeys);
  expect([error.message, error.why].join(" ")).toMatch(why);
  const next = await custodyOf({ file, flags: store(dir) });
  await next.complete();
  await next.settled();
  expect([await next.read(), await next.underWay(), await readdir(join(dir, "keys"))]).toEqual([keys, undefined, ["init.json.origin"]]);
});

test("a command without its reader, and standard output, are unproven alone, and good enough beside the file", async () => {
  const dir = await folder();
  const printed: string[] = [];
  const print = async (text: string): Promise<void> => void printed.push(text);
  const file = join(dir, "keys", "init.json");
  await failsWith((await custodyOf({ file, flags: { keysCommand: "cat > /dev/null" } })).plan(), kinds.custodyUnproven);
  await failsWith((await custodyOf({ file, print, flags: { keysStdout: true } })).plan(), kinds.custodyUnproven);
  const it = await custodyOf({ file, print, flags: { keysStdout: true, initFile: file } });
  expect((await it.plan()).join()).toContain("standard output");
  await it.prepare(init);
  expect(printed).toEqual([]);
  await it.keep(keys);
  await it.complete();
  await it.settled();
  expect(printed.map((text) => JSON.parse(text) as unknown)).toEqual([keys]);
});

test("keys that only went where they cannot be read back leave no mark: nothing more can be proven", async () => {
  const dir = await folder();
  const printed: string[] = [];
  const it = await custodyOf({
    file: join(dir, "init.json"),
    print: async (text) => void printed.push(text),
    flags: { keysStdout: true, acceptUnproven: true },
  });
  await it.prepare(init);
  await it.sending();
  expect(await it.initWasLost()).toBe(true);
  await it.keep(keys);
  expect(await it.underWay()).toBeUndefined();
  await it.settled();
  expect([await it.initWasLost(), await it.underWay(), await readdir(dir), printed.length]).toEqual([
    false,
    undefined,
    ["init.json.origin"],
    1,
  ]);
});

/** The Secrets of a cluster, as its API keeps them: a write with an old version is refused. */
function secrets(): { readonly kube: KubeWriter; readonly all: Map<string, KubeObject> } {
  const all = new Map<string, KubeObject>();
  let version = 0;
  const put = (name: string, object: KubeObject): KubeObject => {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String((version += 1)) } };
    all.set(name, stored);
    return stored;
  };
  const kube = {
    context: "prod",
    get: async ({ name }: { name: string }) => all.get(name),
    apply: async (object: KubeObject) => put(object.metadata.name, object),
    patch: async ({ name }: { name: string }, patch: { data: Record<string, string | null>; metadata?: { resourceVersion?: string } }) => {
      const old = all.get(name)!;
      if (patch.metadata?.resourceVersion !== undefined && patch.metadata.resourceVersion !== old.metadata.resourceVersion)
        throw new Error("409");
      const data = Object.fromEntries(Object.entries({ ...(old["data"] as object), ...patch.data }).filter(([, value]) => value !== null));
      return put(name, { ...old, data });
    },
  } as unknown as KubeWriter;
  return { kube, all };
}

test("a Secret keeps the keys when it is asked for, with a warning, and is not overwritten", async () => {
  const { kube, all } = secrets();
  const file = join(await folder(), "keys", "init.json");
  const of = (): ReturnType<typeof custodyOf> => custodyOf({ file, kube, flags: { keysKubernetesSecret: "safe/vault-keys" } });
  const it = await of();
  expect((await it.plan()).join()).toContain("whoever may read Secrets in namespace safe");
  await it.prepare(init);
  await it.keep(keys);
  await it.settled();
  await it.keepToken(canary);
  expect(Object.keys(all.get("vault-keys")?.["data"] as object)).toEqual(["init.json", "token.json"]);
  const later = await of();
  expect([await later.read(), await later.token()]).toEqual([keys, canary]);
  await failsWith(later.plan(), kinds.keysExist);
});

test("each holder gets one share, and no other; those that can be read back are gathered again", async () => {
  const dir = await folder();
  const file = join(dir, "keys", "init.json");
  const { recipient, identity } = await age(dir);
  const keysHolders = [`ann=file:${dir}/ann.json`, `bob=age:${recipient}`, `cid=command:cat > ${dir}/cid`];
  const flags = { keyShares: "3", keysHolders, keysAgeIdentity: identity };
  const it = await custodyOf({ file, flags });
  expect((await it.plan()).join()).toContain("the command of cid is unproven");
  await it.prepare(init);
  await it.keep(keys);
  await it.settled();
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ unseal_keys_b64: [], root_token: canary, unseal_threshold: 2 });
  const shares = await Promise.all(["ann.json", "cid"].map(async (name) => JSON.parse(await readFile(join(dir, name), "utf8")) as unknown));
  expect(shares).toEqual([
    { holder: "ann", index: 0, key: keys.unseal_keys_b64[0], key_hex: keys.unseal_keys_hex[0], kind: "unseal", shares: 3, threshold: 2 },
    { holder: "cid", index: 2, key: keys.unseal_keys_b64[2], key_hex: keys.unseal_keys_hex[2], kind: "unseal", shares: 3, threshold: 2 },
  ]);
  expect(await readFile(join(dir, "keys", "init.json.share-bob"), "utf8")).toMatch(/^-----BEGIN AGE/);
  expect((await stat(join(dir, "ann.json"))).mode & 0o777).toBe(0o600);
  expect((await (await custodyOf({ file, flags })).read())?.unseal_keys_b64).toEqual(keys.unseal_keys_b64.slice(0, 2));
  const withoutIdentity = await custodyOf({ file, flags: { keyShares: "3", keysHolders } });
  expect((await withoutIdentity.read())?.unseal_keys_b64).toEqual(keys.unseal_keys_b64.slice(0, 1));
});

test("holders of whom too few can be proven are refused before an init", async () => {
  const dir = await folder();
  const keysHolders = [`ann=file:${dir}/ann.json`, "bob=command:cat > /dev/null", "cid=command:cat > /dev/null"];
  const error = await failsWith(
    (await custodyOf({ file: join(dir, "init.json"), flags: { keyShares: "3", keysHolders } })).plan(),
    kinds.custodyUnproven,
  );
  expect(error.why).toContain("bob");
});
