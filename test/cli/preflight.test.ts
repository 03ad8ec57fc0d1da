import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Scene } from "../contract/scene.ts";
import { isWrite } from "../contract/writes.ts";
import { onFakes, steady } from "./on-fakes.ts";
import { golden, transcript } from "./product.ts";

// One cluster: the tests go on where the one before stopped.
let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
});
afterEach(() => scene.prod.access.denyNothing());
afterAll(() => scene.close());

const cluster = ["--cluster", "eks-prod", "--secret", "db"];
const denied = (): void =>
  scene.prod.access.deny(
    { username: "operator", verbs: ["create"], resources: ["namespaces"] },
    { username: "operator", verbs: ["patch"], resources: ["clustersecretstores", "externalsecrets"] },
  );

/** What arrived while something ran. */
async function sent(work: () => Promise<unknown>): Promise<string[]> {
  const mark = scene.line.journal.length;
  await work();
  return scene.line.asked(mark).map(({ method, path }) => `${method} ${path}`);
}

const writes = (requests: readonly string[]): string[] =>
  requests.filter((request) => isWrite(...(request.split(" ") as [string, string])));
const reviews = (requests: readonly string[]): string[] => requests.filter((request) => request.includes("accessreviews"));

describe("preflight", () => {
  it("lists what is missing with what grants it, and writes nothing", async () => {
    denied();
    const args = ["preflight", ...cluster];
    const requests = await sent(async () => {
      const run = await onFakes(scene, args);
      expect(run.exitCode, run.stderr).toBe(77);
      golden("preflight/missing.txt", steady(scene, transcript(args, run)));
    });
    expect(writes(requests)).toEqual([]);
  });

  it("is a versioned document", async () => {
    denied();
    const run = await onFakes(scene, ["preflight", ...cluster, "-o", "json"]);
    const document = JSON.parse(run.stdout) as { missing: { kubernetes: { verb: string; resource: string; steps: string[] }[] } };
    expect(document).toMatchObject({ apiVersion: "vault-k8s.io/v1", kind: "Preflight", cluster: "eks-prod", exitCode: 77 });
    expect(document.missing.kubernetes).toContainEqual(
      expect.objectContaining({ verb: "patch", resource: "externalsecrets", namespace: "default", name: "db", steps: ["secret"] }),
    );
  });

  it("says what nobody can prove before the first write, and what proves it", async () => {
    const run = await onFakes(scene, ["preflight", ...cluster]);
    expect([run.exitCode, run.stdout]).toEqual([0, expect.stringContaining("Nothing is missing.")]);
    expect(run.stdout).toMatch(/not proven yet: pods reach Vault at http:\/\/vault-active\.vault\.svc:8200: [\s\S]*verify proves it/);
    const { stdout } = await onFakes(scene, ["preflight", ...cluster, "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ unproven: [expect.stringContaining("vault-active.vault.svc:8200")] });
  });

  it.each([
    [["--rbac", "--vault-policy"], "both want standard output"],
    [["--for", "ann"], "--for says who gets the roles"],
    [["--rbac", "-o", "json"], "-o json does not go with"],
  ])("refuses %j", async (more, words) => {
    const run = await onFakes(scene, ["preflight", ...cluster, ...more]);
    expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining(words)]);
  });
});

describe("bootstrap", () => {
  it("stops before its first write with the whole list", async () => {
    denied();
    const requests = await sent(async () => {
      const run = await onFakes(scene, ["bootstrap", ...cluster]);
      expect(run.exitCode).toBe(77);
      expect(run.stderr).toContain("3 things that the run needs are missing");
      expect(run.stderr).toMatch(
        /may not create namespaces.*\n.*may not patch clustersecretstores.*\n.*may not patch externalsecrets\.external-secrets\.io db in namespace default/,
      );
      expect(run.stderr).toContain("VK1605");
    });
    expect(writes(requests)).toEqual([]);
  });

  it("tells the whole list too where it may not even look", async () => {
    denied();
    scene.prod.access.deny({ username: "operator", verbs: ["get"], resources: ["namespaces"] });
    const run = await onFakes(scene, ["bootstrap", ...cluster]);
    expect(run.stderr).toMatch(/may not get, create namespaces[\s\S]*may not patch clustersecretstores/);
    expect([run.exitCode, run.stderr]).toEqual([77, expect.stringContaining("VK1605")]);
  });

  it("with --no-preflight finds out on its way", async () => {
    scene.prod.access.deny({ username: "operator", verbs: ["create"], resources: ["namespaces"] });
    const requests = await sent(async () => {
      const run = await onFakes(scene, ["bootstrap", ...cluster, "--no-preflight"]);
      expect([run.exitCode, run.stderr]).toEqual([77, expect.stringContaining("VK1105")]);
    });
    expect(reviews(requests)).toEqual([]);
  });

  it("asks once where everything is allowed, and not at all where nothing is to do", async () => {
    const first = await sent(async () => expect((await onFakes(scene, ["bootstrap", ...cluster])).exitCode).toBe(0));
    expect(reviews(first)).toHaveLength(1);
    const again = await sent(async () => expect((await onFakes(scene, ["bootstrap", ...cluster])).exitCode).toBe(0));
    expect([reviews(again), again.filter((request) => /quotas|limitranges|storageclasses/.test(request))]).toEqual([[], []]);
  });

  it("stops before its first write where Vault is too old", async () => {
    for (const node of scene.vault.nodes) node.version = "1.12.11";
    const requests = await sent(async () => {
      const run = await onFakes(scene, ["bootstrap", ...cluster, "--secret", "another"]);
      expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining("VK1605")]);
      expect(run.stderr).toMatch(/Vault 1\.12\.11 is older than 1\.13, which is needed because \w+/);
    });
    expect(writes(requests)).toEqual([]);
  });
});
