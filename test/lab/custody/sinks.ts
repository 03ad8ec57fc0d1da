import { readdirSync, statSync, writeFileSync, mkdirSync } from "node:fs";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { kubectl, kubectlJson, theLab } from "../testing/product.ts";
import { cluster, words, World } from "./world.ts";

const lab = theLab();
const world = new World(lab, "custody");
const { vault } = world;

beforeAll(async () => void (await vault.up()));
let used = false;
beforeEach(async () => {
  if (used) await world.reset();
  used = true;
});

const isSealed = async (): Promise<boolean> => (await vault.seal("vault-0")).sealed;
const isInitialised = async (): Promise<boolean> => (await vault.seal("vault-0")).initialized;

/** The document is JSON of Vault's keys, and its root token is the one of this Vault. */
async function expectKeys(text: string): Promise<{ root_token: string }> {
  const keys = JSON.parse(text) as { unseal_keys_b64: string[]; root_token: string };
  expect(keys.unseal_keys_b64).toHaveLength(3);
  // Right after it was unsealed a Vault is a standby for a moment.
  await expect
    .poll(() => vault.ask("vault-0", "GET", "auth/token/lookup-self", { token: keys.root_token }), { timeout: 30_000 })
    .toBeTruthy();
  return keys;
}

test("PGP: a key file in each form for each share and the root token; the holders unseal in turn, each told the progress of the pod", async () => {
  mkdirSync(world.path("gnupg"), { mode: 0o700 });
  const made = await world.typed(`
    for who in ann bob cy; do gpg --batch --quiet --passphrase '' --quick-generate-key $who@example.com rsa2048 encr never; done
    cd; gpg --armor --export ann@example.com > ann.asc; gpg --export bob@example.com > bob.gpg; gpg --export cy@example.com | base64 > cy.b64`);
  expect(made.exitCode, made.stderr).toBe(0);
  const keys = ["ann.asc", "bob.gpg", "cy.b64"].flatMap((file) => ["--pgp-key", world.path(file)]);
  const init = await world.init(...keys, "--root-token-pgp-key", world.path("ann.asc"));
  expect(init.exitCode, init.stderr).toBe(0);
  expect(words(init)).toContain("proven only when they do");
  expect(await isSealed()).toBe(true);

  const alone = await world.unseal();
  expect([alone.exitCode, words(alone)]).toEqual([65, expect.stringMatching(/encrypted for their holders.*VK1504/) as string]);
  const holder = (index: number): string =>
    `jq -r '.unseal_keys_b64[${index}]' ${world.path(`vault-k8s/${cluster}/init.json`)} | base64 -d | gpg --quiet -d | vault-k8s operator unseal - $FLAGS`;
  const first = await world.typed(holder(1));
  expect([first.exitCode, words(first)]).toEqual([2, expect.stringMatching(/vault-0: 1 of 2 keys.*VK1508/) as string]);
  const again = await world.typed(holder(1));
  expect(again.exitCode, "the same key twice does not unseal").not.toBe(0);
  expect(await isSealed()).toBe(true);
  const second = await world.typed(holder(2));
  expect(second.exitCode, second.stderr).toBe(0);
  expect(words(second)).toContain("vault-0 is unsealed");
  const root = await world.typed(`jq -r .root_token ${world.path(`vault-k8s/${cluster}/init.json`)} | base64 -d | gpg --quiet -d`);
  await vault.ask("vault-0", "GET", "auth/token/lookup-self", { token: root.stdout.trim() });
});

test("PGP: what is no key, or not one for each share, is refused before init", async () => {
  writeFileSync(world.path("no.asc"), "hello\n");
  const no = ["--pgp-key", world.path("no.asc")];
  const notAKey = await world.init(...no, ...no, ...no);
  expect([notAKey.exitCode, words(notAKey)]).toEqual([65, expect.stringContaining("no.asc is not a PGP public key") as string]);
  const tooFew = await world.init(...no);
  expect([tooFew.exitCode, words(tooFew)]).toEqual([expect.any(Number) as number, expect.stringMatching(/VK10\d\d/) as string]);
  const missing = await world.init(...["a", "b", "c"].flatMap((name) => ["--pgp-key", world.path(name)]));
  expect([missing.exitCode, words(missing)]).toEqual([65, expect.stringContaining("cannot be read") as string]);
  expect(await isInitialised()).toBe(false);
});

test("age: the key file is encrypted, and read back with the identity", async () => {
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  writeFileSync(world.path("me"), `# made for a test\n${identity}\n`, { mode: 0o600 });
  writeFileSync(world.path("other"), `${await generateIdentity()}\n`, { mode: 0o600 });
  const unproven = await world.init("--keys-age-recipient", recipient);
  expect([unproven.exitCode, words(unproven)]).toEqual([65, expect.stringContaining("VK1509") as string]);
  const wrong = await world.init("--keys-age-recipient", recipient, "--keys-age-identity", world.path("other"));
  expect([wrong.exitCode, words(wrong)]).toEqual([65, expect.stringContaining("cannot be decrypted") as string]);
  expect(await isInitialised()).toBe(false);

  const init = await world.init("--keys-age-recipient", recipient, "--keys-age-identity", world.path("me"));
  expect(init.exitCode, init.stderr).toBe(0);
  const file = `vault-k8s/${cluster}/init.json`;
  expect(world.text(file)).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
  expect(statSync(world.path(file)).mode & 0o777).toBe(0o600);
  expect(readdirSync(world.path(`vault-k8s/${cluster}`)).sort()).toEqual(["init.json", "init.json.origin"]);
  await vault.reset();
  // A Vault that is gone and made anew: the keys are never overwritten.
  const again = await world.init("--keys-age-recipient", recipient, "--keys-age-identity", world.path("me"));
  expect([again.exitCode, words(again)]).toEqual([1, expect.stringContaining("VK1501") as string]);
});

test("age: a sealed Vault is unsealed with the identity, and not without it", async () => {
  const identity = await generateIdentity();
  writeFileSync(world.path("me"), `${identity}\n`, { mode: 0o600 });
  // A second place, so that the root token that seals it can be read here.
  const copy = world.path("copy");
  const init = await world.init(
    "--keys-age-recipient",
    await identityToRecipient(identity),
    "--keys-command",
    `cat > ${copy}-$VAULT_K8S_DOCUMENT`,
    "--accept-unproven",
  );
  expect(init.exitCode, init.stderr).toBe(0);
  expect(words(init)).toContain("unproven");
  await world.seal((await unsealedBy()).root_token);
  const without = await world.unseal();
  expect([without.exitCode, words(without)]).toEqual([65, expect.stringMatching(/encrypted with age.*VK1504/) as string]);
  const withIt = await world.unseal("--keys-age-identity", world.path("me"));
  expect(withIt.exitCode, withIt.stderr).toBe(0);
  expect(await isSealed()).toBe(false);

  async function unsealedBy(): Promise<{ root_token: string }> {
    // What nobody reads back gets a name of its own, so that nothing is overwritten.
    const named = readdirSync(world.home).filter((name) => /^copy-init-\d{8}T\d{6}Z-[0-9a-f]{8}\.json$/.test(name));
    expect([named.length, readdirSync(world.home).includes("copy-init.json")]).toEqual([1, false]);
    const keys = JSON.parse(world.text(named[0]!)) as {
      root_token: string;
      unseal_keys_b64: string[];
    };
    // Nothing could be read back, so nothing was unsealed.
    expect(await isSealed()).toBe(true);
    const ran = await world.run(["operator", "unseal", "-"], { input: keys.unseal_keys_b64.join("\n") });
    expect(ran.exitCode, ran.stderr).toBe(0);
    return keys;
  }
});

const keeps = ["--keys-command", 'cat > "$HOME/store-$VAULT_K8S_DOCUMENT"'];
const reads = ["--keys-read-command", 'cat "$HOME/store-$VAULT_K8S_DOCUMENT"'];

test("a command keeps the keys and another gives them back; no other file holds them", async () => {
  const unproven = await world.init(...keeps);
  expect([unproven.exitCode, words(unproven)]).toEqual([65, expect.stringMatching(/--keys-read-command.*VK1509/) as string]);
  expect(await isInitialised()).toBe(false);
  const init = await world.init(...keeps, ...reads);
  expect(init.exitCode, init.stderr).toBe(0);
  expect(readdirSync(world.path(`vault-k8s/${cluster}`))).toEqual(["init.json.origin"]);
  const { root_token } = await expectKeys(world.text("store-init.json"));
  await world.seal(root_token);
  const without = await world.unseal();
  expect([without.exitCode, words(without)]).toEqual([65, expect.stringContaining("VK1504") as string]);
  const unsealed = await world.unseal(...reads);
  expect(unsealed.exitCode, unsealed.stderr).toBe(0);
  expect(await isSealed()).toBe(false);
});

test("a command that fails, hangs, loses or changes what it was given is found before init", async () => {
  const cases: [string, RegExp][] = [
    ["echo the vault is locked >&2; exit 3", /ended with 3: the vault is locked/],
    ["sleep 600", /did not end within 2 s/],
    ["sleep 600 & cat > /dev/null", /not there|did not end within 2 s/],
    ["/no/such/program", /ended with 127/],
    ['sed s/a/b/ > "$HOME/store-$VAULT_K8S_DOCUMENT"', /not what was written/],
    ["kill -9 $$", /ended by SIGKILL/],
  ];
  for (const [line, why] of cases) {
    const { exitCode, stderr } = await world.init("--keys-command", line, ...reads, "--keys-command-timeout", "2s");
    expect([exitCode, stderr.replace(/\s+/g, " ")], line).toEqual([1, expect.stringMatching(why) as string]);
    expect(stderr, line).toContain("VK1502");
  }
  expect(await isInitialised()).toBe(false);
});

test("a command that fails only after init: the keys are safe, and the next run puts them there", async () => {
  const locked = [
    "--keys-command",
    '[ "$VAULT_K8S_DOCUMENT" != init.json ] || [ -e "$HOME/open" ] || exit 9; cat > "$HOME/store-$VAULT_K8S_DOCUMENT"',
  ];
  const init = await world.init(...locked, ...reads);
  expect([init.exitCode, words(init)]).toEqual([1, expect.stringMatching(/safe in .*init\.json\.answer.*ended with 9.*VK1512/) as string]);
  expect(await isInitialised()).toBe(true);
  const still = await world.init(...locked, ...reads);
  expect([still.exitCode, words(still)]).toEqual([1, expect.stringContaining("VK1512") as string]);
  writeFileSync(world.path("open"), "");
  const next = await world.init(...locked, ...reads);
  expect(next.exitCode, next.stderr).toBe(0);
  await expectKeys(world.text("store-init.json"));
  expect(readdirSync(world.path(`vault-k8s/${cluster}`))).toEqual(["init.json.origin"]);
});

test("a Secret, a file and a command at once: each has the keys; the Secret is warned of", async () => {
  const secret = ["--keys-kubernetes-secret", "custody/vault-keys"];
  const init = await world.init(...secret, ...keeps, ...reads, "--init-file", world.path("mine.json"));
  expect(init.exitCode, init.stderr).toBe(0);
  expect(words(init)).toContain("whoever may read Secrets in namespace custody");
  const { data } = await kubectlJson<{ data: Record<string, string> }>(lab, cluster, ["get", "secret", "vault-keys", "-n", "custody"]);
  expect(Object.keys(data)).toEqual(["init.json"]);
  const all = [Buffer.from(data["init.json"] ?? "", "base64").toString(), world.text("store-init.json"), world.text("mine.json")];
  const { root_token } = await expectKeys(all[0] ?? "");
  expect(new Set(all.map((text) => JSON.stringify(JSON.parse(text)))).size).toBe(1);
  await world.seal(root_token);
  const unsealed = await world.unseal(...secret);
  expect(unsealed.exitCode, unsealed.stderr).toBe(0);
  await vault.reset();
  const again = await world.init(...secret);
  expect([again.exitCode, words(again)]).toEqual([1, expect.stringMatching(/Secret custody\/vault-keys.*VK1501/) as string]);
  await kubectl(lab, cluster, ["delete", "secret", "vault-keys", "-n", "custody"]);
  const noNamespace = await world.init("--keys-kubernetes-secret", "nowhere/vault-keys");
  expect([noNamespace.exitCode, words(noNamespace)]).toEqual([1, expect.stringMatching(/nowhere\/vault-keys.*VK1502/) as string]);
  expect(await isInitialised()).toBe(false);
});

test("standard output alone is refused; when the risk is taken, what is printed unseals", async () => {
  const refused = await world.init("--keys-stdout");
  expect([refused.exitCode, words(refused), refused.stdout]).toEqual([65, expect.stringContaining("VK1509") as string, ""]);
  expect(await isInitialised()).toBe(false);
  const init = await world.init("--keys-stdout", "--accept-unproven");
  expect(init.exitCode, init.stderr).toBe(0);
  expect(await isSealed()).toBe(true);
  const unsealed = await world.run(["operator", "unseal", "-"], { input: init.stdout });
  expect(unsealed.exitCode, unsealed.stderr).toBe(0);
  await expectKeys(init.stdout);
  expect(init.stderr).not.toContain((JSON.parse(init.stdout) as { root_token: string }).root_token);
});

test("each holder gets one share and no other; they unseal one after the other, and all together where they can be read", async () => {
  const identity = await generateIdentity();
  writeFileSync(world.path("me"), `${identity}\n`, { mode: 0o600 });
  const holders = [
    `ann=file:${world.path("ann.json")}`,
    `bob=age:${await identityToRecipient(identity)}`,
    `cy=kubernetes:custody/share-of-cy`,
  ].flatMap((holder) => ["--keys-holder", holder]);
  const tooFew = await world.init(...holders.slice(0, 4));
  expect([tooFew.exitCode, words(tooFew)]).toEqual([expect.any(Number) as number, expect.stringMatching(/VK10\d\d/) as string]);
  expect(await isInitialised()).toBe(false);
  const init = await world.init(...holders, "--keys-age-identity", world.path("me"));
  expect(init.exitCode, init.stderr).toBe(0);
  const { root_token, unseal_keys_b64: none } = world.keys();
  expect(none).toEqual([]);
  const ann = JSON.parse(world.text("ann.json")) as { key: string; index: number };
  expect(ann).toMatchObject({ holder: "ann", index: 0, shares: 3, threshold: 2 });
  expect(world.text(`vault-k8s/${cluster}/init.json.share-bob`)).toMatch(/^-----BEGIN AGE/);
  await world.seal(root_token);
  const one = await world.run(["operator", "unseal", "-"], { input: world.text("ann.json") });
  expect([one.exitCode, words(one)]).toEqual([2, expect.stringContaining("vault-0: 1 of 2 keys") as string]);
  // What was given before is thrown away when all keys can be read.
  const all = await world.unseal(...holders, "--key-shares", "3", "--keys-age-identity", world.path("me"));
  expect(all.exitCode, all.stderr).toBe(0);
  expect(await isSealed()).toBe(false);
});

test("what is no unseal key, or one of another Vault, is refused and not shown", async () => {
  expect((await world.init()).exitCode).toBe(0);
  const { root_token, unseal_keys_b64: keys } = world.keys();
  await world.seal(root_token);
  for (const [input, why] of [
    ["", "VK1511"],
    ["hunter2\n", "VK1511"],
    ["{}", "VK1511"],
    [`{"unseal_keys_b64": [1, null, {}]}`, "VK1511"],
    [`${"A".repeat(200)}\n`, "VK1511"],
    [`${Buffer.alloc(33, 1).toString("base64")}\n${Buffer.alloc(33, 2).toString("base64")}\n`, "VK1505"],
  ]) {
    const { exitCode, stderr } = await world.run(["operator", "unseal", "-"], { input: input! });
    expect(stderr, input).toContain(why);
    expect(exitCode, input).not.toBe(0);
    if (input!.length > 3) expect(stderr).not.toContain(input!.trim().split("\n")[0]);
  }
  const inArgv = await world.unseal(keys[0]!);
  expect([inArgv.exitCode, words(inArgv)]).toEqual([64, expect.stringContaining("must not stand on the command line") as string]);
  expect(inArgv.stderr).not.toContain(keys[0]);
  expect(await isSealed()).toBe(true);
  const right = await world.run(["operator", "unseal", "-"], { input: `Unseal Key 1: ${keys[0]}\n\n  ${keys[2]}  \n` });
  expect(right.exitCode, right.stderr).toBe(0);
});

test("--wipe-lost wants the typed name, and never wipes a Vault whose keys are there", async () => {
  const typo = await world.init("--wipe-lost", "eks-pro");
  expect([typo.exitCode, words(typo)]).toEqual([64, expect.stringContaining("is not the name of the cluster") as string]);
  expect((await world.init()).exitCode).toBe(0);
  const { root_token } = world.keys();
  for (const sealed of [false, true]) {
    if (sealed) await world.seal(root_token);
    const { exitCode, stderr } = await world.init("--wipe-lost", cluster);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toContain("deleting");
    expect(await isInitialised()).toBe(true);
  }
  expect((await world.unseal()).exitCode).toBe(0);
  await vault.ask("vault-0", "GET", "auth/token/lookup-self", { token: root_token });
});
