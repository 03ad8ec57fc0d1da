import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { fleetListDocument } from "../../src/fleet/inventory/document.ts";
import { Hub } from "../fakes/kube/hub.ts";
import { planted, Scene } from "./scene.ts";
import { Stages } from "./stages.ts";
import { typed } from "./typed.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  // eks-prod has a Vault, and its login there is called otherwise than its context.
  const stages = new Stages(scene, await scene.spec({ cluster: "first", context: "eks-prod" }));
  await stages.before("role");
  const hub = new Hub(scene.prod, planted.kubeconfigToken);
  hub.argocd("staging", scene.staging, { labels: { env: "test" } });
  hub.argocd("broken", scene.staging, { config: { bearerToken: planted.kubeconfigToken, tlsClientConfig: { insecure: true } } });
}, 120_000);
afterAll(() => scene.close());

async function list(flags: readonly string[], config = "", env: Record<string, string> = {}) {
  await writeFile(join(scene.folder, "fleet.yaml"), `vault:\n  insecureNoTls: true\n${config}`);
  const { env: own } = scene.systems();
  const argv = ["fleet", "list", "-f", "fleet.yaml", "--kubeconfig", join(scene.folder, "kubeconfig"), ...flags];
  const ran = await typed(argv, { env: { ...own, ...env }, cwd: scene.folder });
  for (const secret of [...scene.secrets(), planted.kubeconfigToken]) expect(ran.stdout + ran.stderr).not.toContain(secret);
  return ran;
}

const inFleet = ["--vault-context", "eks-prod", "--release", "vault"];
const sources = "fleet:\n  name: all\n  sources:\n    - contexts: [eks-prod]\n    - argocd:\n        context: eks-prod\n";

describe("the fleet's Vault is always named", () => {
  test.each<[string, Record<string, string>]>([
    ["nothing says it", {}],
    ["an exported address is all that says it", { VAULT_ADDR: "https://vault.example:8200" }],
  ])("64 where %s", async (_, env) => {
    const { exit, stderr } = await list(["--contexts", "*"], "", env);
    expect([exit, stderr]).toEqual([64, expect.stringMatching(/--vault-addr or --vault-context[^]*VK1001/)]);
  });

  it("and so is the fleet", async () => expect((await list(inFleet)).exit).toBe(64));
});

it("shows each cluster by its name in Vault, and what is wrong with one, which hides no other", async () => {
  const { exit, stdout, stderr } = await list([...inFleet, "-o", "json"], sources);
  const found = fleetListDocument.parse(JSON.parse(stdout || stderr));
  expect(found.clusters).toMatchObject([
    { name: "first", called: "eks-prod", source: "contexts", context: "eks-prod" },
    { name: "staging", called: "staging", source: "argocd in eks-prod", labels: { env: "test" } },
  ]);
  expect(found.refused).toMatchObject([{ called: "broken", failure: { code: "VK1702" } }]);
  expect([exit, found.fleet, found.exitCode]).toEqual([1, "all", 1]);
});

it("shows people the same", async () => {
  const { exit, stdout } = await list(inFleet, sources);
  expect(exit).toBe(1);
  expect(stdout.replaceAll(/https:\/\/[\d.:]+/g, "SERVER")).toBe(
    [
      "Fleet all: 2 clusters",
      "  ✔ first    SERVER  contexts: eks-prod",
      "  ✔ staging  SERVER  argocd in eks-prod: staging",
      "Not usable: 1 cluster",
      "  ✗ broken (argocd in eks-prod)",
      "      Secret argocd/cluster-broken has its cluster reached without checking who answers (VK1702)",
      "      It turns the check of the server's certificate off.",
      "      Have the CA of the server put there, or say --allow-insecure.",
      "",
    ].join("\n"),
  );
});

it("ends with 0 where all is well, and takes the clusters of the file", async () => {
  const { exit, stdout } = await list(inFleet, "clusters:\n  one:\n    context: eks-prod\n  eks-staging: {}\n");
  expect([exit, stdout]).toEqual([0, expect.stringMatching(/^Fleet: 2 clusters\n {2}✔ eks-staging .*\n {2}✔ one .* file: one\n$/)]);
});

it("wants Vault to answer where it has to know names", async () => {
  const { exit, stdout, stderr } = await list(["--vault-addr", "http://127.0.0.1:9", "--contexts", "eks-*"], "", { VAULT_TOKEN: "t" });
  expect([exit, stdout, stderr]).toEqual([69, "", expect.stringContaining("VK1201")]);
});
