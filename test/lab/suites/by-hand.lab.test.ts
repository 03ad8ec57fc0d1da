import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Search } from "../../contract/canaries.ts";
import { watched } from "../testing/children.ts";
import { inLab, kubectlJson, theLab, vaultK8s } from "../testing/product.ts";
import { wiredState } from "../testing/state.ts";
import { keptToken, keyFile } from "../testing/vault.ts";

// eks-prod is wired by bootstrap; the script of --print-commands alone eks-staging, each with a Vault of its own.
const lab = theLab();
const script = join(lab.work, "by-hand.sh");
const search = new Search();

/** What may differ between the two, by name: how the vault command says the same. */
const saidOtherwise = {
  "sys/auth": "vault auth enable sends empty options",
  "token that took over": "vault token create -orphan asks auth/token/create, which makes the same token",
} as const;

interface Mounts {
  readonly [path: string]: object;
}

/** The state without what is allowed to differ. */
async function comparable(cluster: string): Promise<Record<string, unknown>> {
  const state = await wiredState(lab, cluster);
  const mounts = Object.entries(state["sys/auth"] as Mounts).map(([path, mount]) => [
    path,
    { ...mount, options: saidOtherwise["sys/auth"] },
  ]);
  const token = { ...(state["token that took over"] as object), path: saidOtherwise["token that took over"] };
  return { ...state, "sys/auth": Object.fromEntries(mounts) as Mounts, "token that took over": token };
}

/** Names, modes and fields of what is kept of a cluster's keys. */
async function kept(cluster: string): Promise<Record<string, unknown>> {
  const folder = join(lab.data, "vault-k8s", cluster);
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const mode = ((await stat(join(folder, name))).mode & 0o777).toString(8);
      if (name === "ca.crt") return [name, { mode, fields: [] }] as const;
      return [name, { mode, fields: Object.keys(JSON.parse(await readFile(join(folder, name), "utf8")) as object).sort() }] as const;
    }),
  );
  return Object.fromEntries(files);
}

/** What the Vault of a cluster had when it was initialised, as it was noted beside the keys. */
async function freshEngines(cluster: string): Promise<unknown> {
  const origin = JSON.parse(await readFile(join(lab.data, "vault-k8s", cluster, "init.json.origin"), "utf8")) as { freshEngines?: unknown };
  return origin.freshEngines;
}

/** Everything secret that the script handles. */
async function secrets(cluster: string): Promise<string[]> {
  const keys = await keyFile(lab, cluster);
  const reviewer = await kubectlJson<{ data: { token: string } }>(lab, cluster, [
    "get",
    "secret",
    "vault-reviewer-token",
    "-n",
    "vault-k8s",
  ]);
  const token = Buffer.from(reviewer.data.token, "base64").toString();
  return [keys.root_token, (await keptToken(lab, cluster)) ?? "", ...keys.unseal_keys_b64, token].filter((secret) => secret !== "");
}

describe("the script of --print-commands, alone, on an empty cluster", () => {
  afterAll(() => console.log(search.summary()));
  beforeAll(async () => {
    const plan = await vaultK8s(lab, ["plan", "--cluster", "eks-staging", "--secret", "demo", "--print-commands"]);
    expect(plan.exitCode, plan.stderr).toBe(0);
    expect(plan.stderr).toContain("known later");
    await writeFile(script, plan.stdout);
  });

  it("is clean for shellcheck", async () => {
    const { exitCode, stdout, stderr } = await inLab(lab, ["shellcheck", "--shell=sh", script]);
    expect(exitCode, stdout + stderr).toBe(0);
  });

  it("makes the cluster that bootstrap makes, object by object", async () => {
    const { ran, seen } = await watched(lab, ["sh", script]);
    expect(ran.exitCode, ran.stderr).toBe(0);
    const [there, here] = [await comparable("eks-prod"), await comparable("eks-staging")];
    expect(Object.keys(here).length).toBeGreaterThan(20);
    expect(here).toEqual(there);
    search.lookFor(await secrets("eks-staging"));
    search.through("what the script says", ran.stdout + ran.stderr);
    for (const each of seen) search.through(`arguments of ${each.arguments.split("\n")[0]}`, each.arguments);
    expect(seen.length).toBeGreaterThan(50);
    expect(search.leaks).toEqual([]);
  }, 300_000);

  it("keeps the same files, for their owner alone", async () => {
    const files = await kept("eks-staging");
    expect(Object.keys(files)).toEqual(["init.json", "init.json.origin", "init.json.token"]);
    // Bootstrap also keeps Vault's CA, for the lines that it prints.
    expect({ ...files, "ca.crt": { mode: "644", fields: [] } }).toEqual(await kept("eks-prod"));
    const [here, there] = await Promise.all(["eks-staging", "eks-prod"].map(freshEngines));
    expect(here).toEqual(there);
    expect(here).toMatchObject({ sys: "system", cubbyhole: "cubbyhole" });
  });

  it("leaves nothing to do for bootstrap, which takes the keys and the token from these files", async () => {
    const { exitCode, stdout, stderr } = await vaultK8s(lab, ["bootstrap", "--cluster", "eks-staging", "--secret", "demo", "-o", "json"]);
    expect(exitCode, stderr).toBe(0);
    expect((JSON.parse(stdout) as { changed: number }).changed, stderr).toBe(0);
  });

  it("run again leaves the same state, keys and token", async () => {
    const before = [await comparable("eks-staging"), await keptToken(lab, "eks-staging"), await keyFile(lab, "eks-staging")];
    const again = await inLab(lab, ["sh", script]);
    expect(again.exitCode, again.stderr).toBe(0);
    expect([await comparable("eks-staging"), await keptToken(lab, "eks-staging"), await keyFile(lab, "eks-staging")]).toEqual(before);
  }, 120_000);
});
