import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Search } from "../../contract/canaries.ts";
import { statusDocument } from "../../../src/run/status/schema.ts";
import { waitFor } from "../machine/wait.ts";
import { kubectl, theLab, vaultK8s } from "../testing/product.ts";
import { keptToken, keyFile } from "../testing/vault.ts";

// eks-prod is wired, and stays as it is.
const lab = theLab();
const cluster = ["--cluster", "eks-prod"];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "status-lab-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("status on a real cluster", () => {
  // Raft calls a pod healthy once it has been stable for a while.
  beforeAll(() => waitFor("all is well", 90, async () => (await vaultK8s(lab, ["status", ...cluster])).exitCode === 0));

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

describe("status --watch", () => {
  /** A watch that runs, and what it has said so far. */
  const watching = (...more: string[]) => {
    const [program, ...args] = lab.onNetwork(["vault-k8s", "status", ...cluster, "--watch", "--every", "1s", ...more]);
    const running = execa(program, args, { cwd: lab.work, env: lab.env, extendEnv: false, reject: false, timeout: 180_000 });
    let said = "";
    running.stdout.on("data", (bytes: Buffer) => void (said += bytes.toString()));
    return { running, said: () => said };
  };
  const standby = async (): Promise<string> => {
    const selector = "app.kubernetes.io/name=vault,vault-active=false";
    return (
      await kubectl(lab, "eks-prod", ["get", "pods", "-n", "vault", "-l", selector, "-o", "jsonpath={.items[0].metadata.name}"])
    ).trim();
  };

  it("tells that a pod is sealed, and is open again, while it runs; Ctrl-C ends it with 130", async () => {
    const [lines, documents] = [watching(), watching("-o", "json")];
    const states = (pod: string): (string | undefined)[] =>
      documents
        .said()
        .split("\n")
        .slice(0, -1)
        .map((line) => statusDocument.parse(JSON.parse(line)).clusters[0]?.nodes.find(({ name }) => name === pod)?.state);
    const pod = await standby();
    try {
      await waitFor("both have looked", 60, () => lines.said().includes("Steps:") && states(pod).includes("standby"));
      await kubectl(lab, "eks-prod", ["delete", "pod", pod, "-n", "vault", "--grace-period=1"]);
      await waitFor("both tell of the seal", 90, () => new RegExp(`${pod}: .*sealed`).test(lines.said()) && states(pod).includes("sealed"));
    } finally {
      const { exitCode, stderr } = await vaultK8s(lab, ["operator", "unseal", ...cluster]);
      expect(exitCode, stderr).toBe(0);
    }
    await waitFor(
      "both tell that it is open",
      60,
      () => new RegExp(`${pod}: sealed.* -> standby`).test(lines.said()) && states(pod).at(-1) === "standby",
    );
    for (const { running } of [lines, documents]) running.kill("SIGINT");
    const ended = await Promise.all([lines.running, documents.running]);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([130, 130]);
    expect(lines.said().match(/^Cluster/gm)).toHaveLength(1);
    expect(lines.said()).toMatch(new RegExp(`^\\d{4}-\\S+Z eks-prod, Vault, ${pod}: standby.* -> `, "m"));
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
