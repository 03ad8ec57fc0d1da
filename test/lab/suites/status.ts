import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Search } from "../../contract/canaries.ts";
import { statusDocument } from "../../../src/ui/status-schema.ts";
import { kubectl, theLab, vaultK8s } from "../testing/product.ts";
import { keptToken, keyFile } from "../testing/vault.ts";

// First lab, eks-prod wired. It stays as it is.
const lab = theLab();
const cluster = ["--cluster", "eks-prod"];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "status-lab-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("status on a real cluster", () => {
  it("shows the storage, the login, the operator and the stores as they are, in the published form", async () => {
    const { stdout, stderr } = await vaultK8s(lab, ["status", ...cluster, "-o", "json"]);
    expect(stderr).toBe("");
    const [shown] = statusDocument.parse(JSON.parse(stdout)).clusters;
    expect(shown?.unknown).toEqual([]);
    expect(shown?.nodes.map(({ state }) => state).sort()).toEqual(["active", "standby", "standby"]);
    expect(shown?.raft).toMatchObject({ healthy: true, failureTolerance: 1 });
    expect(shown?.raft?.peers.every(({ voter, healthy }) => voter && healthy === true)).toBe(true);
    expect(shown?.logins[0]).toMatchObject({
      mount: "k8s-eks-prod",
      ownedBy: "this cluster",
      config: { usesOwnPodToken: false, reviewerToken: true },
      roles: [{ name: "external-secrets", policies: ["k8s-eks-prod-read"] }],
    });
    expect(shown?.reviewer?.ageSeconds).toBeGreaterThan(0);
    expect(shown?.operator).toMatchObject({ kind: "eso", ready: true });
    expect(shown?.stores).toContainEqual(expect.objectContaining({ kind: "ClusterSecretStore", name: "vault", ready: true }) as unknown);
    expect(shown?.secrets.every(({ store }) => store === "vault")).toBe(true);
  });

  it("with --all finds the cluster by its mark, and one that does not answer hides no other", async () => {
    const file = join(folder, "two.yaml");
    await writeFile(file, "clusters:\n  gone:\n    context: nowhere\n");
    const { exitCode, stdout } = await vaultK8s(lab, ["status", "--all", "-f", file, "--context", "eks-prod"]);
    expect(stdout).toMatch(/Cluster gone\n +✗ .*VK1102/);
    expect(stdout).toMatch(/Cluster eks-prod, context eks-prod\nVault: pod vault\//);
    expect(exitCode).toBe(2);
  });

  it("compares versions, and finds them all within what is supported", async () => {
    const { exitCode, stdout } = await vaultK8s(lab, ["version", "--servers", ...cluster, "-o", "json"]);
    expect(exitCode, stdout).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ servers: { skew: [], unknown: [], operator: { kind: "eso" } } });
  });
});

describe("a support bundle of a real cluster", () => {
  const inSecret = "c4n4ry-in-a-secret-of-the-status-suite-51";
  const inLog = "c4n4ry-in-a-log-of-the-status-suite-52";

  it("holds the logs of real pods and events, and none of the secrets there", async () => {
    await kubectl(lab, "eks-prod", ["create", "secret", "generic", "status-suite", "-n", "default", `--from-literal=password=${inSecret}`]);
    const out = join(folder, "bundle");
    const run = await vaultK8s(lab, ["support-bundle", ...cluster, "--out", out], { env: { CI_TOKEN: inLog } });
    await kubectl(lab, "eks-prod", ["delete", "secret", "status-suite", "-n", "default"]);
    expect(run.exitCode, run.stderr).toBe(0);
    const keys = await keyFile(lab, "eks-prod");
    const search = new Search();
    search.lookFor([inSecret, inLog, keys.root_token, ...keys.unseal_keys_b64, (await keptToken(lab, "eks-prod")) ?? keys.root_token]);
    const files = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    for (const entry of files) search.through(entry.name, await readFile(join(entry.parentPath, entry.name)));
    search.through("standard output", run.stdout);
    expect(search.leaks).toEqual([]);
    expect(run.stdout).toMatch(/ {2}logs\/vault\/vault-0\/vault\.log\n/);
    expect(await readFile(join(out, "logs/vault/vault-0/vault.log"), "utf8")).toMatch(/"mount_type"|core:|Vault server/);
    expect(JSON.parse(await readFile(join(out, "missing.json"), "utf8"))).toEqual([]);
  });
});
