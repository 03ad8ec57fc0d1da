import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { FakeVault } from "../fakes/vault/vault.ts";
import { Scene } from "./scene.ts";
import { typed, type Typed } from "./typed.ts";

// One shell: what is exported in it stays, and what the tool prints as next is typed there as it stands.

let scene: Scene;
let company: FakeVault;
let companyToken: string;
let shell: Record<string, string>;
let again: () => Promise<void>;
let begin: number;

/** Types a line of vault-k8s. */
function type(line: string, input = ""): Promise<Typed> {
  const around = { PATH: process.env["PATH"], HOME: join(scene.folder, "home"), LANG: "C.UTF-8", VAULT_K8S_HELM: scene.helm.program };
  const common = ["--kubeconfig", join(scene.folder, "kubeconfig"), "--timeout", "5s", "--yes"];
  return typed([...line.replace(/^vault-k8s /, "").split(" "), ...common], {
    cwd: scene.folder,
    env: { ...around, ...shell },
    input,
  });
}

/** Types the exports among lines. What a port-forward would bring to this machine is the pod that leads. */
function exports(stdout: string): void {
  for (const [, name, value] of stdout.matchAll(/^export (\w+)=(.*)$/gm))
    shell[name!] = value!.replace("http://127.0.0.1:8200", scene.vault.url);
}

const companyUrl = (): string => company.node("vault-0").url;

/** Whether somebody with a token that it did not issue asked the Vault in the cluster. */
const strangers = (): string[] =>
  scene.line
    .asked(begin)
    .flatMap(({ server, identity, path }) => (server.startsWith("vault ") && identity === "unknown token" ? [path] : []));

let printed: Typed;
beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 60_000;
  shell = {};
  printed = await type("vault-k8s bootstrap --cluster eks-prod --secret demo");
  await scene.prod.settled();
  again = await scene.save();
}, 120_000);
beforeEach(async () => {
  await again();
  company = await new FakeVault({ line: scene.line, nodes: ["vault-0"] }).start();
  companyToken = [...company.ready().storage.tokens.keys()][0]!;
  shell = {};
  begin = scene.line.journal.length;
});
afterEach(() => company.stop());
afterAll(() => scene.close());

test("what bootstrap prints as next does not break the command that it prints too, nor itself", async () => {
  expect([printed.exit, printed.stdout], printed.stderr).toEqual([0, expect.stringContaining("export VAULT_ADDR=")]);
  // Lines are pasted together, and the first of them goes on in the background.
  expect(printed.stdout).toMatch(/port-forward svc\/vault-active 8200:8200 &\nexport VAULT_ADDR=\S+\nVAULT_MAX_RETRIES=9 vault status\n$/);
  const [put] = /vault-k8s secret put demo .*/.exec(printed.stderr) ?? [];
  exports(printed.stdout);
  const ran = await type(`${put!.trim()} -`, '{"password":"x"}');
  expect(ran.exit, ran.stderr).toBe(0);
  expect(ran.stderr).toContain("vault kv/data/k8s/eks-prod/demo created");
  for (const line of ["bootstrap", "verify", "status", "rollout", "tls", "operator unseal", "store"]) {
    const next = await type(`vault-k8s ${line} --cluster eks-prod${line === "bootstrap" ? " --secret demo" : ""}`);
    expect(next.exit, `${line}: ${next.stderr}`).toBe(0);
  }
  expect(scene.prod.objects.list("clustersecretstores.external-secrets.io")).toEqual([
    expect.objectContaining({
      spec: expect.objectContaining({
        provider: { vault: expect.objectContaining({ server: "http://vault-active.vault.svc:8200" }) as unknown },
      }) as unknown,
    }),
  ]);
}, 30_000);

const exported = (): Record<string, string> => ({ VAULT_ADDR: companyUrl(), VAULT_TOKEN: companyToken });

test.each([
  ["bootstrap --install --cluster eks-prod"],
  ["operator retire-root --cluster eks-prod"],
  ["secret put db - --cluster eks-prod --vault-context eks-prod"],
])("%s: the token of the Vault that is exported goes to no other one, and custody's does the work", async (line) => {
  shell = exported();
  const ran = await type(`vault-k8s ${line}`, "a=b");
  expect(ran.exit, ran.stderr).toBe(0);
  expect(ran.stderr.match(/VAULT_TOKEN is not used: VAULT_ADDR is exported/g), ran.stderr).toHaveLength(1);
  expect(strangers()).toEqual([]);
});

test("a Vault that this run installs gets no token and no namespace of another one, whatever else is exported", async () => {
  const fresh = await Scene.open();
  try {
    fresh.helm.timeoutMs = 60_000;
    await writeFile(join(fresh.folder, "home/.vault-token"), companyToken);
    const run = (env: Record<string, string>, install: string) => {
      const around = { PATH: process.env["PATH"], HOME: join(fresh.folder, "home"), LANG: "C.UTF-8", VAULT_K8S_HELM: fresh.helm.program };
      const line = ["bootstrap", "--cluster", "eks-prod", ...install.split(" "), "--kubeconfig", join(fresh.folder, "kubeconfig"), "--yes"];
      return typed(line, { cwd: fresh.folder, env: { ...around, ...env } });
    };
    const first = await run({ ...exported(), VAULT_NAMESPACE: "team" }, "--install --timeout 20s");
    expect(first.exit, first.stderr).toBe(0);
    expect(first.stderr).toContain("VAULT_NAMESPACE is not used: it is exported beside VAULT_ADDR");
    const asked = fresh.line.asked(0).flatMap(({ server, identity }) => (server.startsWith("vault ") ? [identity] : []));
    expect(asked).toContain("root");
    expect(asked).not.toContain("unknown token");
  } finally {
    await fresh.close();
  }
}, 60_000);

test("an exported address of another Vault, or of none, stays one: bootstrap asks which is meant, a single command goes there", async () => {
  for (const address of [companyUrl(), "http://127.0.0.1:1"]) {
    shell = { VAULT_ADDR: address, VAULT_TOKEN: companyToken };
    expect((await type("vault-k8s bootstrap --cluster eks-prod")).stderr).toContain("VK1005");
  }
  shell = exported();
  const ran = await type("vault-k8s kv --cluster eks-prod");
  expect(ran.exit, ran.stderr).toBe(0);
  expect(company.storage.mounts.has("kv/")).toBe(true);
  expect(strangers()).toEqual([]);
});

test("where an exported address does not answer, a person is told how the Vault of the kept keys is reached", async () => {
  shell = { VAULT_ADDR: "http://127.0.0.1:1" };
  const ran = await type("vault-k8s kv --cluster eks-prod");
  expect(ran.exit, ran.stderr).toBe(77);
  expect(ran.stderr).toContain(
    "At http://127.0.0.1:1, which VAULT_ADDR says, nothing answers. If the Vault is meant whose keys are kept in ",
  );
  expect(ran.stderr).toContain("init.json: unset VAULT_ADDR.");
});
