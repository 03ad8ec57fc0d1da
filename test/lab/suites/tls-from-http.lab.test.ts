import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../machine/wait.ts";
import { certificatesIn, served, storeCa, unsealed } from "../testing/certificates.ts";
import { kubectl, kubectlJson, theLab, vaultK8s } from "../testing/product.ts";
import { keptToken, vaultAs } from "../testing/vault.ts";

// eks-staging is empty before and afterwards.
const lab = theLab();
const context = "eks-staging";
const cluster = ["--cluster", context];
const bootstrap = ["bootstrap", ...cluster, "--secret", "web"];

interface Named {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

/** UIDs of Vault's pods, or of their volumes, by name. */
async function uids(kind: "pods" | "pvc"): Promise<Record<string, string>> {
  const { items } = await kubectlJson<Named>(lab, context, ["get", kind, "-n", "vault", "-l", "component=server"]);
  return Object.fromEntries(items.map(({ metadata: { name, uid } }) => [name, uid]));
}

const put = async (value: string): Promise<void> => {
  const { exitCode, stderr } = await vaultK8s(lab, ["secret", "put", "web", "-", ...cluster], { input: `colour=${value}\n` });
  expect(exitCode, stderr).toBe(0);
};

/** The value that the operator brought, once it has looked again. */
async function synced(): Promise<string> {
  await kubectl(lab, context, ["annotate", "--overwrite", "externalsecret", "web", `force-sync=${Date.now()}`]);
  const data = await kubectl(lab, context, ["get", "secret", "web", "--ignore-not-found", "-o", "jsonpath={.data.colour}"]);
  return Buffer.from(data, "base64").toString();
}

/** What Vault itself says, with the token that took over from root. */
async function asked(...args: string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await vaultAs(lab, context, (await keptToken(lab, context)) ?? "", [...args]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

const clusterId = async (): Promise<string> => ((await asked("status", "-format=json")) as { cluster_id: string }).cluster_id;

/** Kills the command with all its children as soon as it has said something. */
async function killedAt(words: RegExp, args: readonly string[]): Promise<string> {
  const [program, ...rest] = lab.onNetwork(["vault-k8s", ...args]);
  const run = spawn(program, rest, { cwd: lab.work, env: { ...lab.env, CI: "true" }, stdio: ["ignore", "ignore", "pipe"], detached: true });
  const ended = new Promise((resolve) => run.once("close", resolve));
  let [said, killed] = ["", false];
  run.stderr.on("data", (bytes: Buffer) => {
    said += bytes.toString();
    if (killed || !words.test(said)) return;
    killed = true;
    process.kill(-run.pid!, "SIGKILL");
  });
  await ended;
  expect(run.signalCode, said).toBe("SIGKILL");
  return said;
}

describe("a Vault that speaks http", () => {
  let before: { pods: Record<string, string>; volumes: Record<string, string>; id: string };

  beforeAll(async () => {
    const { exitCode, stderr } = await vaultK8s(lab, [...bootstrap, "--insecure-no-tls"]);
    expect(exitCode, stderr).toBe(0);
    await put("green");
    await waitFor("the operator brings it", 60, async () => (await synced()) === "green");
    before = { pods: await uids("pods"), volumes: await uids("pvc"), id: await clusterId() };
    expect([Object.keys(before.pods), Object.keys(before.volumes).length]).toEqual([["vault-0", "vault-1", "vault-2"], 3]);
  });

  afterAll(async () => {
    const gone = await vaultK8s(lab, ["teardown", ...cluster, "--delete-data", "--delete-secrets", "--confirm", context]);
    expect(gone.exitCode, gone.stderr).toBe(0);
    // Its keys open nothing any more.
    await rm(join(lab.data, "vault-k8s", context), { recursive: true });
  });

  it("shows in a plan which pods are replaced", async () => {
    const { exitCode, stdout, stderr } = await vaultK8s(lab, [...bootstrap, "--dry-run"]);
    expect(exitCode, stderr).toBe(0);
    for (const pod of Object.keys(before.pods)) expect(stdout + stderr).toMatch(new RegExp(`${pod}: speaks http`));
  });

  it("keeps all its pods where nobody can unseal them again, and it is said what to do", async () => {
    const elsewhere = { XDG_DATA_HOME: join(lab.work, "nobody") };
    const { exitCode, stderr } = await vaultK8s(lab, ["install", ...cluster], { env: elsewhere });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("VK1233") as string]);
    expect(stderr).toContain(`kubectl --context ${context} delete pod vault-1 -n vault; until`);
    expect(await uids("pods")).toEqual(before.pods);
  });

  it("goes over to https by the same command without --insecure-no-tls, also when that is killed in the middle; nothing is lost", async () => {
    const said = await killedAt(/speaks http: it is replaced/, bootstrap);
    expect(said).toMatch(/vault-\d speaks http: it is replaced/);
    const { exitCode, stderr } = await vaultK8s(lab, bootstrap);
    expect(exitCode, stderr).toBe(0);
    const pods = await uids("pods");
    for (const [pod, uid] of Object.entries(before.pods)) expect(pods[pod], pod).not.toBe(uid);
    expect(await uids("pvc")).toEqual(before.volumes);
    const { fingerprint, files } = await certificatesIn(lab, context, "vault-tls");
    expect(await served(lab, context)).toEqual({ "vault-0": fingerprint, "vault-1": fingerprint, "vault-2": fingerprint });
    await expect.poll(() => unsealed(lab, context), { timeout: 30_000 }).toBe(3);
    expect(await clusterId()).toBe(before.id);
    const { data } = (await asked("operator", "raft", "list-peers", "-format=json")) as {
      data: { config: { servers: { node_id: string; voter: boolean }[] } };
    };
    const voters = data.config.servers.filter(({ voter }) => voter).map(({ node_id: id }) => id);
    expect(voters.sort()).toEqual(["vault-0", "vault-1", "vault-2"]);
    expect(await asked("kv", "get", "-format=json", "-mount=kv", `k8s/${context}/web`)).toMatchObject({
      data: { data: { colour: "green" } },
    });
    expect([
      await storeCa(lab, context),
      await kubectl(lab, context, ["get", "clustersecretstore", "vault", "-o", "jsonpath={.spec.provider.vault.server}"]),
    ]).toEqual([files.ca, "https://vault-active.vault.svc:8200"]);
  });

  it("is what applications get their secrets from, over https; a third run has nothing to do", async () => {
    await put("blue");
    await expect.poll(synced, { timeout: 60_000, interval: 1_000 }).toBe("blue");
    expect((await vaultK8s(lab, ["verify", ...cluster, "--secret", "web"])).exitCode).toBe(0);
    const again = await vaultK8s(lab, bootstrap);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining("Nothing to do") as string]);
  });
});
