import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Scene } from "../contract/scene.ts";
import { Shell, type Line } from "./shell.ts";

// What the tool prints as next to type, typed as it stands, in that order, in one shell.

let scene: Scene;
let shell: Shell;
let first: Line;
let wired: () => Promise<void>;
const kubeconfig = (): string => join(scene.folder, "kubeconfig");

beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 60_000;
  shell = new Shell(scene);
  first = await shell.type(`vault-k8s bootstrap --cluster eks-prod --secret demo --kubeconfig ${kubeconfig()}`);
  await scene.prod.settled();
  wired = await scene.save();
}, 120_000);
beforeEach(() => rm(join(scene.folder, "noted"), { force: true }));
afterEach(() => wired());
afterAll(async () => {
  shell.close();
  await scene.close();
});

const noted = async (): Promise<string[]> => (await readFile(join(scene.folder, "noted"), "utf8")).trimEnd().split("\n");

/** The command of ours in a text, up to the last flag of the run: a sentence may go on behind it. */
function said(text: string, command: string): string {
  const whole = text.replaceAll(/\s+/g, " ");
  const at = whole.indexOf(`vault-k8s ${command} `);
  const end = whole.indexOf(kubeconfig(), at) + kubeconfig().length;
  if (at < 0) throw new Error(`no "vault-k8s ${command}" in: ${text}`);
  return whole.slice(at, end);
}

async function typed(line: string, exit = 0): Promise<Line> {
  const ran = await shell.type(line);
  expect([ran.exit, ran.stderr], `${line}\n${ran.stdout}`).toEqual([exit, expect.any(String)]);
  return ran;
}

describe("typed in one shell", () => {
  it("what bootstrap prints at its end, the secret that is missing, and the proofs", async () => {
    expect(first.exit, first.stderr).toBe(0);
    for (const line of first.stdout.trimEnd().split("\n")) await typed(line.replace("http://127.0.0.1:8200", scene.vault.url));
    await expect
      .poll(noted)
      .toEqual(
        expect.arrayContaining([
          `kubectl --kubeconfig ${kubeconfig()} --context eks-prod -n vault port-forward svc/vault-active 8200:8200`,
          "vault status",
        ]),
      );
    await typed(`${said(first.stderr, "secret put demo")} - <<< '{"password":"x"}'`);
    await scene.prod.settled();
    await typed(`vault-k8s verify --cluster eks-prod --secret demo --kubeconfig ${kubeconfig()}`);
    await typed("unset VAULT_ADDR VAULT_CACERT");
  }, 60_000);

  it("what doctor prints for a role that is gone, and then for a secret that nobody has written", async () => {
    const doctor = `vault-k8s doctor --cluster eks-prod --kubeconfig ${kubeconfig()}`;
    for (const mount of scene.vault.storage.auth.values()) mount.roles?.clear();
    await typed(said((await typed(doctor, 1)).stdout, "role"));
    await typed(`${said((await typed(doctor, 1)).stdout, "secret put demo -")} <<< '{"password":"x"}'`);
    await scene.prod.settled();
    await typed(doctor);
  }, 60_000);

  it("what an error prints for pods that are sealed", async () => {
    for (const node of scene.vault.nodes) node.restart();
    const failed = await typed(`vault-k8s kv --cluster eks-prod --kubeconfig ${kubeconfig()}`, 1);
    await typed(said(failed.stderr, "operator unseal"));
    await typed(`vault-k8s kv --cluster eks-prod --kubeconfig ${kubeconfig()}`);
  }, 60_000);

  it("what an error prints for a kept token that has ended: a root token for one command, which makes another", async () => {
    const { tokens } = scene.vault.storage;
    for (const [id, { policies }] of tokens) if (policies.includes("vault-k8s-admin")) tokens.delete(id);
    const failed = await shell.type(`vault-k8s operator renew-token --cluster eks-prod --kubeconfig ${kubeconfig()}`);
    expect(failed.exit).not.toBe(0);
    const line = said(failed.stderr, "operator generate-root");
    const inner = said(failed.stderr.replaceAll(/\s+/g, " ").split(" -- ")[1] ?? "", "operator retire-root");
    await typed(`${line} -- ${inner}`);
    await typed(`vault-k8s kv --cluster eks-prod --kubeconfig ${kubeconfig()}`);
  }, 60_000);

  it("what teardown asks for before it takes anything away", async () => {
    const refused = await shell.type(`vault-k8s teardown --cluster eks-prod --kubeconfig ${kubeconfig()}`);
    expect(refused.exit).toBe(64);
    const [, flag] = /Then: (--confirm eks-prod)/.exec(refused.stderr) ?? [];
    await typed(`vault-k8s teardown --cluster eks-prod --kubeconfig ${kubeconfig()} ${flag}`);
  }, 60_000);
});
