import { chmod, mkdir, readdir, readFile, readlink, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { keyFiles } from "../../../src/keys/place.ts";
import { custodyOf, init, keys, killed } from "./custody.ts";
import { canary, failsWith, folder } from "../systems/server.ts";

let dir: string;
let file: string;

beforeEach(async () => {
  dir = await folder();
  file = join(dir, "init.json");
});

const at = (more: Partial<Parameters<typeof custodyOf>[0]> = {}) => custodyOf({ file, ...more });
const text = (name: string): Promise<string> => readFile(join(dir, name), "utf8");
const put = (name: string, value: unknown): Promise<void> =>
  writeFile(join(dir, name), typeof value === "string" ? value : JSON.stringify(value));

/** A whole init, from its first proof to its end. */
async function initialised(it: Awaited<ReturnType<typeof at>>): Promise<void> {
  await it.prepare(init);
  await it.sending();
  await it.keep(keys);
  await it.learnVaultClusterId("id-1");
  await it.settled();
  await it.keepToken(canary);
}

test("files of somebody else that have the plain names are not read, changed or taken away", async () => {
  const foreign = {
    "origin.json": '{"name":"my project"}',
    "token.json": '{"token":"x","of":"another tool"}',
    "probe.json": "{}",
    "init-answer.json": '"?"',
    "init.json.tmp": "t",
  };
  for (const [name, content] of Object.entries(foreign)) await put(name, content);
  await initialised(await at());
  for (const [name, content] of Object.entries(foreign)) expect(await text(name), name).toBe(content);
  expect(await (await at()).token()).toBe(canary);
});

test.each(["origin", "token", "under-way", "answer", "probe"])(
  "a file of somebody else under our name .%s is refused, and stays",
  async (name) => {
    await put(`init.json.${name}`, '{"precious":true}');
    const work = name === "token" ? (await at()).keepToken(canary) : (await at()).prepare(init);
    const error = await work.then(
      () => expect.fail("it was taken"),
      (thrown: { kind: unknown }) => thrown,
    );
    expect([kinds.badInput, kinds.keysNotWritable, kinds.keysExist]).toContain(error.kind);
    expect(await text(`init.json.${name}`)).toBe('{"precious":true}');
  },
);

test("vault.prod and vault.stage share nothing", async () => {
  const [prod, stage] = [join(dir, "vault.prod"), join(dir, "vault.stage")];
  await initialised(await at({ file: prod, uid: "uid-prod" }));
  await initialised(await at({ file: stage, uid: "uid-stage" }));
  await (await at({ file: stage, uid: "uid-stage" })).keepToken("hvs.of-stage");
  expect(await (await at({ file: prod, uid: "uid-prod" })).token()).toBe(canary);
  expect(await (await at({ file: prod, uid: "uid-prod" })).read()).toEqual(keys);
});

describe("files of an earlier version", () => {
  const origin = { kubeSystemUid: "uid-1", namespace: "vault", context: "prod", keptIn: ["x"], vaultClusterId: "id-1" };

  test("are found, and moved by the next run that writes", async () => {
    await put("init.json", keys);
    await put("origin.json", origin);
    await put("token.json", { token: "hvs.first" });
    const it = await at();
    expect([await it.read(), await it.token(), await it.vaultClusterId()]).toEqual([keys, "hvs.first", "id-1"]);
    expect((await readdir(dir)).sort()).toEqual(["init.json", "origin.json", "token.json"]);
    await it.keepToken("hvs.second");
    expect((await readdir(dir)).sort()).toEqual(["init.json", "init.json.origin", "init.json.token"]);
    expect([await it.token(), await (await at()).vaultClusterId()]).toEqual(["hvs.second", "id-1"]);
  });

  test("beside a key file of another name too", async () => {
    await put("prod.json", keys);
    await put("prod-origin.json", origin);
    await put("prod-token.json", { token: "hvs.first" });
    const it = await at({ file: join(dir, "prod.json") });
    expect(await it.token()).toBe("hvs.first");
    await it.learnVaultClusterId("id-2");
    expect((await readdir(dir)).sort()).toEqual(["prod.json", "prod.json.origin", "prod.json.token"]);
  });

  test("say which Vault the keys belong to: they never count as keys of which nothing is known", async () => {
    await put("init.json", keys);
    await put("origin.json", origin);
    await put("token.json", { token: "hvs.first" });
    for (const other of [{ uid: "uid-2" }, { namespace: "tenant-x" }]) {
      await failsWith((await at(other)).read(), kinds.badInput);
      await failsWith((await at(other)).token(), kinds.badInput);
    }
    await put("origin.json", "{ broken");
    expect((await failsWith((await at()).read(), kinds.badInput)).message).toContain("origin.json");
  });

  test("of an init that was cut: the mark and the answer are gone on with", async () => {
    await put("origin.json", origin);
    await put("init-under-way.json", { node: "vault-1", since: "2025-01-01T00:00:00.000Z", process: 1, host: "here", ...origin });
    expect([await (await at()).initWasLost(), await (await at()).underWay()]).toMatchObject([true, { node: "vault-1", sent: true }]);
    await put("init-answer.json", `${JSON.stringify(keys)}      `);
    const it = await at();
    expect([await it.initWasLost(), await it.read()]).toEqual([false, keys]);
    await failsWith(it.prepare(init), kinds.keysExist);
    await it.complete();
    await it.settled();
    expect((await readdir(dir)).sort()).toEqual(["init.json", "init.json.origin"]);
  });

  test("that may be of two key files are not guessed at", async () => {
    await put("vault.prod", keys);
    await put("vault.stage", keys);
    await put("vault-token.json", { token: "hvs.of-one" });
    const { message } = await failsWith((await at({ file: join(dir, "vault.prod") })).token(), kinds.badInput);
    expect(message).toContain("may belong to");
    await put("vault-origin.json", origin);
    expect(await (await at({ file: join(dir, "vault.prod") })).token()).toBe("hvs.of-one");
  });

  test("half moved: the rest is moved", async () => {
    await put("init.json", keys);
    await put("init.json.origin", origin);
    await put("token.json", { token: "hvs.first" });
    const it = await at();
    await it.keepToken("hvs.second");
    expect((await readdir(dir)).sort()).toEqual(["init.json", "init.json.origin", "init.json.token"]);
  });
});

describe("links", () => {
  test("a token that is one is written through", async () => {
    await mkdir(join(dir, "volume"));
    await put("volume/token", { token: "hvs.old" });
    await symlink("volume/token", join(dir, "init.json.token"));
    await (await at()).keepToken(canary);
    expect(await readlink(join(dir, "init.json.token"))).toBe("volume/token");
    expect([JSON.parse(await text("volume/token")), await (await at()).token()]).toEqual([{ token: canary }, canary]);
  });

  test("a key file that leads nowhere is found before an init, and is no key file that is not there", async () => {
    await symlink(join(dir, "unmounted", "init.json"), file);
    await failsWith((await at()).plan(), kinds.keysExist);
    await failsWith((await at()).prepare(init), kinds.keysExist);
    expect((await failsWith((await at()).read(), kinds.noKeys)).message).toContain("leads nowhere");
  });

  test("one that is put in the place of the room for the answer gets nothing", async () => {
    const it = await at();
    await it.prepare(init);
    await it.sending();
    await put("elsewhere", "x".repeat(9000));
    await rename(keyFiles(file).spool, join(dir, "moved"));
    await symlink("elsewhere", keyFiles(file).spool);
    await it.keep(keys);
    expect([await text("elsewhere"), await it.read()]).toEqual(["x".repeat(9000), keys]);
  });
});

test("an answer is called safe in the spool only while it is there", async () => {
  // The command takes the spool away, as another run once did, and does not keep the keys.
  const keysCommand = `[ "$VAULT_K8S_DOCUMENT" = probe.json ] || { rm -f ${keyFiles(file).spool}; exit 1; }`;
  const it = await at({ flags: { keysCommand, acceptUnproven: true } });
  await it.prepare(init);
  await it.sending();
  const { message } = await failsWith(it.keep(keys), kinds.custodyIncomplete);
  const rescued = /safe in (\S+),/.exec(message)?.[1] ?? "";
  expect(rescued).toContain(".vault-k8s-rescued-prod.json");
  expect(JSON.parse(await readFile(rescued, "utf8"))).toEqual(keys);
});

test.each([
  ["everybody may write: refused", 0o777, kinds.keysNotWritable],
  ["a group may write: said", 0o770, undefined],
  ["everybody may write, and only owners take away: said", 0o1777, undefined],
])("a folder in which %s", async (_what, mode, refused) => {
  await chmod(dir, mode);
  if (refused === undefined) {
    expect((await (await at()).plan()).join()).toMatch(/others may write in .* \(mode [01]77[07]\)/);
    return initialised(await at());
  }
  const it = await at();
  for (const work of [it.plan, () => it.prepare(init), () => it.keepToken(canary)])
    expect((await failsWith(work(), refused)).why).toContain("Everybody may write");
});

describe("a command that nobody reads back", () => {
  const flags = { keysCommand: `mkdir -p $STORE && cat > "$STORE/$VAULT_K8S_DOCUMENT"`, acceptUnproven: true };
  const store = () => join(dir, "store");
  const env = () => ({ PATH: process.env["PATH"], STORE: store() });

  test("never overwrites keys, and a reader that is named later finds them", async () => {
    await mkdir(store());
    await writeFile(join(store(), "init.json"), "precious");
    await initialised(await at({ flags, env: env() }));
    expect(await readFile(join(store(), "init.json"), "utf8")).toBe("precious");
    const [own] = (await readdir(store())).filter((name) => /^init-\d{8}T\d{6}Z-[0-9a-f]{8}\.json$/.test(name));
    expect(JSON.parse(await readFile(join(store(), own!), "utf8"))).toEqual(keys);
    expect(await text("init.json.origin")).toContain(`the command of --keys-command (as ${own})`);
    const reads = { ...flags, keysReadCommand: `cat "$STORE/$VAULT_K8S_DOCUMENT"` };
    expect(await (await at({ flags: reads, env: env() })).read()).toEqual(keys);
  });

  test("gets the keys of one init under one name, also from the run that goes on with it", async () => {
    const failing = { ...flags, keysCommand: `case "$VAULT_K8S_DOCUMENT" in probe*) cat > /dev/null;; *) exit 1;; esac` };
    const first = await at({ flags: failing, env: env() });
    await first.prepare(init);
    await first.sending();
    await failsWith(first.keep(keys), kinds.custodyIncomplete);
    await killed(file);
    const next = await at({ flags, env: env() });
    await next.complete();
    await next.complete();
    expect(await readdir(store())).toHaveLength(1);
  });
});
