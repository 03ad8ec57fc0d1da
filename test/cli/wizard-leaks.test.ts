import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Search } from "../contract/canaries.ts";
import { isWrite } from "../contract/writes.ts";
import { planted } from "../contract/scene.ts";
import { echoAsKube, echoAsVault, hang } from "../fakes/wire/faults.ts";
import { converse, key, type Talk, type Turn } from "./conversation.ts";
import { bin } from "./product.ts";
import { modes, Traces } from "./traces.ts";
import { bootstrap, walk, walkAgain, walkPlain } from "./wizard-walk.ts";

// The wizard in a pseudo-terminal, from its first question to the end of bootstrap: the tests go on where the one before stopped.
const typed = { wrongKey: "canary-typed-as-an-unseal-key-0f6b2d94", inAddress: "canary-in-an-address-51c7e0a2" } as const;
const { enter, interrupt } = key;
/** What makes the library show what was typed, unless it is told otherwise. */
const showTyped = "\u0014";

vi.setConfig({ testTimeout: 400_000 });

let traces: Traces;
beforeAll(async () => {
  traces = await Traces.open();
});
afterAll(() => traces.close());

const kept = "home/.local/share/vault-k8s/eks-prod";

interface How {
  readonly kubeconfig?: "kubeconfig" | "kubeconfig-exec";
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the wizard in a folder of its own, and looks through all that the terminal got. */
async function wizard(name: string, turns: readonly Turn[], { kubeconfig = "kubeconfig", env = {} }: How = {}): Promise<Talk> {
  const cwd = traces.at(name);
  await mkdir(cwd, { recursive: true });
  const command = [process.execPath, ...traces.node, bin, "init", "-v", "--kubeconfig", traces.at(kubeconfig)];
  const around = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", VAULT_TOKEN_OF_SOMEBODY: traces.vaultToken, ...traces.env, ...env };
  const talk = await converse(command, turns, { cwd, env: around, patience: 15_000 });
  expect(talk.unrestored, talk.text).toEqual([]);
  // The library breaks lines that are too long for the terminal.
  const words = { "the terminal": talk.raw, "its text": talk.text, "its text in one line": talk.text.replaceAll(/\r?\n */g, "") };
  traces.said(`init in ${name}`, words, Object.values(typed));
  expect(traces.search.leaks).toEqual([]);
  return talk;
}

describe("a wizard that comes to no end", () => {
  test("left at a question, after an exec plugin gave credentials", async () => {
    const talk = await wizard("left", [...walk.slice(0, 6), ["Where are the unseal keys kept?", interrupt]], {
      kubeconfig: "kubeconfig-exec",
    });
    expect([talk.exitCode, await readdir(traces.at("left"))]).toEqual([130, []]);
  });

  test("left where VAULT_ADDR has a password, which it does not propose", async () => {
    const env = { VAULT_ADDR: `https://operator:${typed.inAddress}@vault.example.com:8200` };
    const talk = await wizard("left", [...walk.slice(0, 2), ["Which Vault?", enter], ["Its address?", interrupt]], { env });
    expect([talk.exitCode, await readdir(traces.at("left"))]).toEqual([130, []]);
  });

  test("a proxy before the API server repeats the whole request in its error", async () => {
    traces.scene.line.break(({ server }) => (server.startsWith("kube") ? echoAsKube : undefined));
    const talk = await wizard("echo-of-kube", walk.slice(0, 1));
    traces.scene.line.mend();
    expect([talk.exitCode, talk.text]).toEqual([1, expect.stringMatching(/"authorization":"Bearer\s+\[hidden\]/)]);
  });

  test("a proxy before Vault repeats the whole request in its error; the file is written without a token", async () => {
    const { line, vault } = traces.scene;
    const putBack = await traces.scene.save();
    vault.ready();
    line.break(({ server }) => (server.startsWith("vault") ? echoAsVault : undefined));
    const atAddress: readonly Turn[] = [...walk.slice(0, 2), ["Which Vault?", enter], ["Its address?", enter], ...walk.slice(7)];
    // Without a plan there is nothing to run: writing the file comes first.
    const talk = await wizard("echo-of-vault", [...atAddress, ["What now?", enter]], {
      env: { VAULT_ADDR: vault.url, VAULT_TOKEN: traces.vaultToken },
    });
    await putBack();
    expect(talk.exitCode, talk.text).toBe(0);
    expect(talk.text).toMatch(/"x-vault-token":"\[hidden\]/);
    expect(await readFile(traces.at("echo-of-vault/vault-k8s.yaml"), "utf8")).toContain(vault.url);
  });
});

describe("a wizard that runs bootstrap", () => {
  test("interrupted while a policy is on its way", async () => {
    traces.scene.line.break(({ method, path }) => (isWrite(method, path) && path.includes("sys/policies/acl/k8s-") ? hang : undefined));
    const talk = await wizard("whole", [...walkPlain, bootstrap, [/(PUT|POST) .*sys\/policies\/acl\/k8s-/, interrupt]]);
    traces.scene.line.mend();
    expect(talk.exitCode, talk.text).toBe(130);
    expect(talk.text).toContain("VK1002");
    for (const path of ["k8s/eks-prod/db", "k8s/eks-prod/team/api"])
      traces.scene.put(path, { username: planted.username, password: planted.password });
  });

  test("asked again, goes on to the end", async () => {
    const talk = await wizard("whole", [...walkAgain, bootstrap]);
    expect(talk.exitCode, talk.text).toBe(0);
    expect(talk.text).toContain("Prove it");
  });

  test("asks for the unseal keys of a sealed Vault, and shows none that is typed", async () => {
    const { nodes, storage } = traces.scene.vault;
    for (const node of nodes) node.restart();
    // Away, as with people who hold the keys.
    const keyFile = await readFile(traces.at(kept, "init.json"));
    await rm(traces.at(kept, "init.json"));
    const keys = storage.shares.slice(0, 3).map((share) => Buffer.from(share, "hex").toString("base64"));
    const left = await wizard("whole", [
      ...walkAgain,
      bootstrap,
      ["Unseal key (vault-0: 0 of 3 keys", `${typed.wrongKey}${showTyped}${enter}`],
      ["not an unseal key. Unseal key (", `${keys[0]}${enter}`],
      ["Unseal key (vault-0: 1 of 3 keys", `${keys[1]}${interrupt}`],
    ]);
    expect(left.exitCode, left.text).toBe(130);
    expect(left.text.replaceAll(/\s+/g, " ")).toContain("Interrupted at a question What was done before stays.");
    const talk = await wizard("whole", [
      ...walkAgain,
      bootstrap,
      ["Unseal key (vault-0: 1 of 3 keys", `${keys[1]}${enter}`],
      ["Unseal key (vault-0: 2 of 3 keys", `${keys[2]}${enter}`],
    ]);
    await writeFile(traces.at(kept, "init.json"), keyFile, { mode: 0o600 });
    expect(talk.exitCode, talk.text).toBe(0);
    expect(nodes.map(({ sealed }) => sealed)).toEqual([false, false, false]);
  });
});

describe("what it left", () => {
  test("holds a secret in no argument and no environment of a child", async () => {
    const calls = await traces.children();
    expect(calls.plugin).toBeGreaterThan(0);
    expect(calls.helm).toBeGreaterThan(1);
    expect(traces.search.leaks).toEqual([]);
  });

  test("was written where it was promised: the file, its schema, that they are meant, the keys, the cache", async () => {
    expect(await traces.writtenOutside(traces.at(kept))).toEqual(
      expect.arrayContaining([expect.stringMatching(/whole\/\.vault-k8s\.yaml\.\d+$/)]),
    );
    const others = await traces.writtenOutside(traces.at(kept), traces.at("whole"), traces.at("echo-of-vault"));
    expect(others).toEqual([traces.at("home/.local/state/vault-k8s/trusted")]);
    const beside = ["vault-k8s.schema.json", "vault-k8s.yaml"];
    for (const folder of ["whole", "echo-of-vault"]) expect((await readdir(traces.at(folder))).toSorted()).toEqual(beside);
    expect(await readdir(traces.at("tmp"))).toEqual([]);
    expect(await modes(traces.at(kept))).toEqual({ "": 0o700, "init.json": 0o600, "init.json.origin": 0o600, "init.json.token": 0o600 });
  });

  test("holds a secret in no file but the key file, the kept token and what the user gave", async () => {
    await traces.files();
    expect(traces.search.leaks).toEqual([]);
    expect((await readdir(traces.at("cache/vault-k8s"), { recursive: true })).length).toBeGreaterThan(1);
  });

  test("could have been found: the key file, the kubeconfig and a terminal that shows them hold secrets", async () => {
    const control = new Search();
    control.lookFor(traces.scene.secrets());
    for (const file of [`${kept}/init.json`, "kubeconfig"]) {
      control.through(file, await readFile(traces.at(file)));
      const { raw } = await converse(["cat", traces.at(file)], [], { cwd: traces.scene.folder, env: { PATH: process.env["PATH"] ?? "" } });
      control.through(`${file} on a terminal`, raw);
    }
    expect(new Set(control.leaks.map(({ where }) => where)).size).toBe(4);
    expect(traces.search.canaries).toBeGreaterThan(40);
  });
});
