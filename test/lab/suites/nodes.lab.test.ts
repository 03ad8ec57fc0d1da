import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../machine/wait.ts";
import { load, type Load, type LoadResult } from "../testing/load/load.ts";
import { kubectl, kubectlJson, theLab, vaultK8s } from "../testing/product.ts";
import { rootToken } from "../testing/vault.ts";

// eks-prod is wired. While its pods come, go, are lost and replaced, somebody writes to Vault and reads back.
const lab = theLab();
const context = "eks-prod";
const cluster = ["--cluster", context];

interface Status {
  readonly nodes: readonly { readonly name: string; readonly state: string; readonly pod?: { readonly earlierRevision?: true } }[];
  readonly raft?: {
    readonly peers: readonly { readonly id: string; readonly voter: boolean }[];
    readonly healthy?: boolean;
    readonly failureTolerance?: number;
  };
}

async function status(): Promise<Status> {
  const { stdout } = await vaultK8s(lab, ["status", ...cluster, "-o", "json"]);
  return (JSON.parse(stdout) as { clusters: Status[] }).clusters[0]!;
}

async function works(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await vaultK8s(lab, [...args, ...cluster]);
  expect(exitCode, stderr).toBe(0);
  return stdout + stderr;
}

/** All members vote and are healthy, so that as many may fail as their number bears. */
const whole = (names: readonly string[]): Promise<boolean> =>
  waitFor(`${names.join(", ")} vote`, 60, async () => {
    const { raft } = await status();
    const voters = raft?.peers.filter(({ voter }) => voter).map(({ id }) => id);
    return voters?.sort().join() === names.join() && raft?.healthy === true && raft.failureTolerance === Math.floor((names.length - 1) / 2);
  });

const three = ["vault-0", "vault-1", "vault-2"];
const images = async (): Promise<string[]> => {
  const { items } = await kubectlJson<{ items: { spec: { containers: { image: string }[] } }[] }>(lab, context, [
    "get",
    "pods",
    "-n",
    "vault",
    "-l",
    "component=server",
  ]);
  return items.map(({ spec }) => spec.containers[0]!.image.replace(/^.*:/, ""));
};

describe("Vault serves, and keeps what it took, while", () => {
  let running: Load;
  let came: LoadResult | undefined;
  beforeEach(async () => {
    came = undefined;
    running = await load(lab, context, await rootToken(lab, context));
  });
  afterEach(async () => {
    came ??= await running.stop();
    console.log(expect.getState().currentTestName, JSON.stringify(came));
  });

  /** An election and the way of its label to the load balancer take some seconds; nothing that Vault took is lost. */
  async function served(): Promise<void> {
    came = await running.stop();
    expect(came.lost, JSON.stringify(came)).toBe(0);
    expect(came.read, JSON.stringify(came)).toBeGreaterThan(10);
    expect(came.longestPauseMs, JSON.stringify(came)).toBeLessThan(30_000);
  }

  it("three pods become five, and five become three: members leave before their pods", async () => {
    await works("bootstrap", "--replicas", "5");
    await whole([...three, "vault-3", "vault-4"]);
    const said = await works("bootstrap");
    expect(said).toMatch(/vault-4 has left the raft[\s\S]*vault-3 has left the raft/);
    await whole(three);
    await served();
  }, 180_000);

  it("the pod that leads is lost with its volume: it joins anew", async () => {
    const leader = (await status()).nodes.find(({ state }) => state === "active")!.name;
    const uid = async (): Promise<string> =>
      kubectl(lab, context, ["get", "pod", leader, "-n", "vault", "--ignore-not-found", "-o", "jsonpath={.metadata.uid} {.status.phase}"]);
    const before = await uid();
    await kubectl(lab, context, ["delete", "pvc", `data-${leader}`, "-n", "vault", "--wait=false"]);
    await kubectl(lab, context, ["delete", "pod", leader, "-n", "vault", "--grace-period=1"]);
    await waitFor(`${leader} runs anew`, 60, async () => {
      const now = await uid();
      return now !== before && now.endsWith("Running");
    });
    await works("operator", "unseal");
    await whole(three);
    await served();
  }, 120_000);

  it("another image is rolled out: bootstrap and status tell of the pods that go on with the old one, rollout replaces them", async () => {
    expect(await works("bootstrap", "--image-tag", "2.0.4")).toMatch(
      /3 of 3 Vault pods .* run an earlier revision[\s\S]*vault-k8s rollout/,
    );
    expect((await status()).nodes.map(({ pod }) => pod?.earlierRevision)).toEqual([true, true, true]);
    await works("rollout");
    expect(await images()).toEqual(["2.0.4", "2.0.4", "2.0.4"]);
    await whole(three);
    expect(await works("rollout")).toMatch(/Nothing to do/);
    await served();
  }, 180_000);
});
