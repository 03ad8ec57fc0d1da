import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ended } from "../contract/run.ts";
import { Unsealed } from "../contract/unsealed.ts";
import { parsePolicy } from "../fakes/vault/acl.ts";
import { profiles } from "../fakes/vault/profile.ts";
import { onFakes } from "./on-fakes.ts";
import { bin, type RunOptions } from "./product.ts";

let vault: Unsealed;
let retired: () => Promise<void>;

beforeAll(async () => {
  vault = await Unsealed.open(profiles["vault-2"]);
  ended(await vault.run(["retire-root"]));
  retired = await vault.scene.save();
  await writeFile(join(vault.scene.folder, "look.mjs"), look);
}, 120_000);
afterEach(() => retired());
afterAll(() => vault.scene.close());

/** What a command sees: the names of its variables, and what Vault says of the token. */
const look = `
const { VAULT_ADDR, VAULT_TOKEN, BAO_ADDR, BAO_TOKEN } = process.env;
const answer = await fetch(VAULT_ADDR + "/v1/auth/token/lookup-self", { headers: { "X-Vault-Token": VAULT_TOKEN } });
const { data } = await answer.json();
const names = Object.keys(process.env).filter((name) => /^(VAULT|BAO)_/.test(name)).sort();
const argv = process.argv.slice(2);
console.log(JSON.stringify({ names, same: BAO_ADDR === VAULT_ADDR && BAO_TOKEN === VAULT_TOKEN, host: new URL(VAULT_ADDR).hostname, policies: data.policies, other: process.env.OTHER, argv }));
`;

/** The kubeconfig stands in front: what stands behind -- is the command's. */
const generate = (args: readonly string[], options: RunOptions = {}) =>
  onFakes(vault.scene, ["operator", "generate-root", "--cluster", "eks-prod", ...args], options, "in front");
const left = async () => [vault.roots(), vault.attempt, await vault.kept("init.json.root-generation")];
const nothing = [[], undefined, undefined];

test("the command gets address and token in both spellings, nothing else of ours, through a port of this machine", async () => {
  const env = { OTHER: "kept", VAULT_ADDR: "http://127.0.0.1:1", BAO_CLIENT_KEY: "x", VAULT_SKIP_VERIFY: "1" };
  const ran = await generate(["--", process.execPath, join(vault.scene.folder, "look.mjs"), "--cluster", "mine"], { env });
  expect([ran.exitCode, ran.stderr]).toEqual([0, expect.any(String)]);
  expect(JSON.parse(ran.stdout)).toEqual({
    names: ["BAO_ADDR", "BAO_TOKEN", "VAULT_ADDR", "VAULT_TOKEN"],
    same: true,
    host: "127.0.0.1",
    policies: ["root"],
    other: "kept",
    argv: ["--cluster", "mine"],
  });
  expect(await left()).toEqual(nothing);
});

test("its exit code is ours; one that was ended by a signal is told as a shell tells it", async () => {
  expect((await generate(["--", "sh", "-c", "exit 7"])).exitCode).toBe(7);
  expect((await generate(["--", "sh", "-c", "kill -9 $$"])).exitCode).toBe(137);
  expect(await left()).toEqual(nothing);
});

test("a signal is passed on, also a second one, and the token is revoked all the same", async () => {
  const script = 'trap "echo got TERM; exit 5" TERM; kill -TERM $PPID; while :; do sleep 0.1; done';
  const ran = await generate(["--", "sh", "-c", script]);
  expect([ran.exitCode, ran.stdout]).toEqual([5, "got TERM\n"]);
  expect(ran.stderr).toContain("the root token is revoked before the run ends");
  expect(await left()).toEqual(nothing);
  const twice = 'n=0; trap "n=\\$((n+1)); [ \\$n = 2 ] && exit 6; kill -TERM \\$PPID" TERM; kill -TERM $PPID; while :; do sleep 0.1; done';
  expect((await generate(["--", "sh", "-c", twice])).exitCode).toBe(6);
  expect(await left()).toEqual(nothing);
});

test.each([
  [["--", "/no/such/program"], 64, "cannot be started"],
  [[], 64, "Nothing says what to run"],
  [["--cancel", "x", "--", "true"], 64, "--cancel runs no command"],
  [["--vault-addr", "http://127.0.0.1:1", "--", "true"], 64, "whose keys are kept here"],
])("%j ends with %i and leaves nothing", async (args, exit, words) => {
  const ran = await generate(args);
  expect([ran.exitCode, ran.stderr.replaceAll(/\s+/g, " ")]).toEqual([exit, expect.stringContaining(words) as string]);
  expect(await left()).toEqual(nothing);
});

test("somebody else's generation is left with 75, and ended by its nonce; a dry run does nothing", async () => {
  const strange = vault.strangers();
  const refused = await generate(["--", "true"]);
  expect([refused.exitCode, refused.stderr]).toEqual([75, expect.stringContaining(strange.nonce) as string]);
  expect((await generate(["--cancel", "another"])).exitCode).toBe(75);
  expect((await generate(["--cancel", strange.nonce, "--dry-run"])).exitCode).toBe(0);
  expect(vault.attempt).toEqual(strange);
  expect((await generate(["--cancel", strange.nonce])).exitCode).toBe(0);
  expect(vault.attempt).toBeUndefined();
});

test("keys come from standard input where they are with their holders", async () => {
  const input = vault.scene.vault.storage.shares.slice(1, 4).join("\n");
  const ran = await generate(["--key-stdin", "--", "sh", "-c", "exit 3"], { input });
  expect([ran.exitCode, await left()]).toEqual([3, nothing]);
});

test("killed while the command runs: the next run revokes the token", async () => {
  const ran = await generate(["--", "sh", "-c", "kill -9 $PPID"]);
  expect(ran.exitCode).not.toBe(0);
  expect(vault.roots()).toHaveLength(1);
  const next = await generate(["--", "true"]);
  expect([next.exitCode, next.stderr]).toEqual([0, expect.stringContaining("a killed run left") as string]);
  expect(await left()).toEqual(nothing);
});

test("what retires root may be run with it: a policy of an earlier version gets the paths of root generation", async () => {
  const { storage } = vault.scene.vault;
  const { text } = storage.policies.get("vault-k8s-admin")!;
  const earlier = text.replace(/# A root token again[^]*?(?=# The reason)/, "");
  storage.policies.set("vault-k8s-admin", { text: earlier, rules: parsePolicy(earlier) });
  expect(earlier).not.toContain("generate-root");
  // On Vault 2 a token without these paths does not lead back: another one has to be named, here that of a person.
  const person = storage.issue({ displayName: "person", policies: ["root"], path: "auth/oidc/login/x", ttl: 3600 });
  const nested = [
    process.execPath,
    bin,
    "operator",
    "retire-root",
    "--cluster",
    "eks-prod",
    "--kubeconfig",
    join(vault.scene.folder, "kubeconfig"),
  ];
  const ran = await generate(["--", ...nested], { env: { VAULT_TOKEN: person.id } });
  expect([ran.exitCode, ran.stdout + ran.stderr]).toEqual([
    0,
    expect.stringContaining("vault sys/policies/acl/vault-k8s-admin updated") as string,
  ]);
  expect(storage.policies.get("vault-k8s-admin")!.text).toBe(text);
});
