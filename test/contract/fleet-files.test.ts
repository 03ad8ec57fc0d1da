import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { fleetListDocument } from "../../src/fleet/inventory/document.ts";
import { Hub } from "../fakes/kube/hub.ts";
import { kubeconfig } from "../fakes/kube/kubeconfig.ts";
import { planted, Scene } from "./scene.ts";
import { typed } from "./typed.ts";

let scene: Scene;
let root: string;
beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 60_000;
  const { storage } = scene.vault.ready();
  root = join(scene.folder, "token");
  await writeFile(root, `${storage.issued[0] ?? ""}\n`);
  const hub = new Hub(scene.prod, planted.kubeconfigToken);
  hub.argocd("staging", scene.staging);
  hub.clusterApi("same", scene.staging);
  hub.argocd("broken", scene.staging, { config: "{" });
  await writeFile(join(scene.folder, "fleet.yaml"), stringify(config));
}, 120_000);
afterAll(() => scene.close());

const context = "eks-prod";
const config = {
  vault: { insecureNoTls: true, tokenFile: "token" },
  fleet: { name: "all", sources: [{ argocd: { context } }, { clusterApi: { context } }], defaults: { kv: { mount: "kv" } } },
  clusters: { staging: { operator: { namespace: "external-secrets" } } },
};

async function run(command: string, flags: readonly string[], { file = "fleet.yaml", kubeconfigFile = "kubeconfig" } = {}) {
  const { env } = scene.systems();
  const argv = [
    "fleet",
    command,
    "-f",
    file,
    "--kubeconfig",
    join(scene.folder, kubeconfigFile),
    "--vault-addr",
    scene.vault.url,
    ...flags,
  ];
  const ran = await typed(argv, { env: { ...env, VAULT_K8S_HELM: scene.helm.program }, cwd: scene.folder });
  for (const secret of [...scene.secrets(), planted.kubeconfigToken]) expect(ran.stdout + ran.stderr).not.toContain(secret);
  return ran;
}

const login = ["--vault-login", "k8s-hub/vault-k8s-fleet-read", "--vault-token-file", "token"];
const image = ["--image", "vault-k8s@sha256:0"];

type Manifest = {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly data?: Record<string, string>;
  readonly rules?: object[];
  readonly spec?: object;
};
const manifestsIn = (text: string): Manifest[] => parseAllDocuments(text).map((one) => (one as { toJS(): Manifest }).toJS());

describe("fleet schedule", () => {
  it("writes nothing, and names the Secrets of its clusters one by one", async () => {
    const mark = scene.line.journal.length;
    const { exit, stdout, stderr } = await run("schedule", [...login, ...image]);
    expect(scene.line.asked(mark).filter(({ method, path }) => method !== "GET" && !path.endsWith("accessreviews"))).toEqual([]);
    const all = manifestsIn(stdout);
    expect(all.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}`)).toEqual([
      "Namespace ",
      "ServiceAccount vault-k8s-fleet",
      "Role argocd",
      "RoleBinding argocd",
      "ConfigMap vault-k8s-fleet",
      "CronJob vault-k8s-fleet",
    ]);
    expect(all[2]?.rules).toEqual([{ apiGroups: [""], resources: ["secrets"], resourceNames: ["cluster-staging"], verbs: ["get"] }]);
    // The broken one is said, and left out.
    expect([exit, stderr]).toEqual([
      1,
      expect.stringMatching(/broken is left out[^]*vault policy write vault-k8s-fleet-read[^]*token_ttl=30m/),
    ]);
    expect(stderr).not.toMatch(/capabilities = \[[^\]]*(create|update|delete|sudo)/);
  });

  it("its ConfigMap names the same clusters, and nothing of this machine", async () => {
    const { stdout } = await run("schedule", [...login, ...image]);
    const text = manifestsIn(stdout).find(({ kind }) => kind === "ConfigMap")?.data?.["vault-k8s.yaml"] ?? "";
    expect(text).not.toMatch(/context|tokenFile/);
    await writeFile(join(scene.folder, "pod.yaml"), text);
    await writeFile(join(scene.folder, "hub"), kubeconfig([scene.prod], planted.kubeconfigToken));
    const { exit, stdout: listed } = await run("list", ["-o", "json"], { file: "pod.yaml", kubeconfigFile: "hub" });
    const { clusters, sources } = fleetListDocument.parse(JSON.parse(listed));
    expect([exit, clusters.map(({ name, source }) => `${name} ${source}`), sources]).toEqual([
      0,
      ["staging named"],
      [
        { source: "file", found: 0 },
        { source: "named", found: 1 },
      ],
    ]);
  });

  test.each<[string, readonly string[]]>([
    ["no image", login],
    ["no login", [...image, "--vault-token-file", "token"]],
    ["clusters that only this machine reaches", [...login, ...image, "--contexts", "eks-prod"]],
  ])("64 with %s", async (_, flags) => expect((await run("schedule", flags)).exit).toBe(64));

  it("64 with a setting that names a file", async () => {
    await writeFile(join(scene.folder, "files.yaml"), stringify({ ...config, operator: { values: ["a.yaml"] } }));
    expect((await run("schedule", [...login, ...image], { file: "files.yaml" })).exit).toBe(64);
  });
});

it("the policy is enough for fleet plan of a fleet that is wired: nothing is refused, and nothing would change", async () => {
  const applied = await run("apply", [
    "--vault-token-file",
    "token",
    "--yes",
    "--except",
    "broken",
    "--kubernetes-host",
    scene.staging.url,
  ]);
  expect(applied.exit, applied.stderr).toBe(0);
  const { stderr } = await run("schedule", [...login, ...image]);
  const policy = /<<'EOF'\n([^]*?)EOF/.exec(stderr)?.[1] ?? "";
  const world = await scene.world(await scene.spec({ vaultAddr: scene.vault.url, vaultTokenFile: root }));
  await world.vault.post("sys/policies/acl/vault-k8s-fleet-read", { policy });
  const made = await world.vault.createOrphan(undefined, { policies: ["vault-k8s-fleet-read"], period: "1h" });
  await world.close();
  await writeFile(join(scene.folder, "reader"), `${made.token}\n`);
  const planned = await run("plan", [
    "--vault-token-file",
    "reader",
    "--except",
    "broken",
    "--kubernetes-host",
    scene.staging.url,
    "--metrics",
    "fleet.prom",
    "-o",
    "json",
  ]);
  expect([planned.exit, JSON.parse(planned.stdout)], planned.stderr).toMatchObject([0, { counts: { clusters: 1, unchanged: 1 } }]);
  expect(await readFile(join(scene.folder, "fleet.prom"), "utf8")).toMatch(/^vault_k8s_fleet_drifted\{fleet="all"\} 0$/m);
});

describe("fleet export", () => {
  const flags = ["--vault-token-file", "token", "--except", "broken", "--kubernetes-host", "https://staging.example:6443"];

  it("writes a folder for each cluster, without a secret, and writes nothing else", async () => {
    const mark = scene.line.journal.length;
    const { exit, stderr } = await run("export", [...flags, "--out", "out"]);
    expect(exit, stderr).toBe(0);
    const writes = scene.line.asked(mark).filter(({ method, path }) => method !== "GET" && !/accessreviews$|capabilities-self$/.test(path));
    expect(writes).toEqual([]);
    const files = (await readdir(join(scene.folder, "out"), { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    expect(files.map(({ parentPath, name }) => relative(scene.folder, join(parentPath, name)))).toEqual(
      expect.arrayContaining(["out/staging/README.md", "out/staging/vault/policy.hcl"]),
    );
    const texts = (await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8")))).join("\n");
    expect(texts).toContain("k8s-staging-read");
    for (const secret of [...scene.secrets(), planted.kubeconfigToken]) expect(texts).not.toContain(secret);
  });

  it("64 where nothing says where the files go", async () => expect((await run("export", flags)).exit).toBe(64));
});
