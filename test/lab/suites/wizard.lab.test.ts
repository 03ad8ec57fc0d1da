import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { converse, key, type Turn } from "../../cli/conversation.ts";
import { theLab, typed, vaultK8s } from "../testing/product.ts";

// eks-prod is empty before, and wired with a synced secret `web` afterwards.
const lab = theLab();
const { enter, down, escape, interrupt } = key;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(lab.folder, "wizard-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const walk: readonly Turn[] = [
  ["Which cluster gets its secrets", enter],
  ["What is it called in Vault?", enter],
  ["Which Vault?", enter],
  ["How many Vault pods?", enter],
  ["Who reaches it from outside?", down + enter],
  ["Whose certificate does Vault serve?", enter],
  ["Where are the unseal keys kept?", enter],
  ["Which operator copies secrets", escape],
  ["Where are the unseal keys kept?", enter],
  ["Which operator copies secrets", enter],
  ["In which namespace is the application?", enter],
  ["Which secrets does it get?", `web${enter}`],
];
// The lab has no repositories: where its charts are, its own file says, which the wizard takes over.
const wizard = (turns: readonly Turn[]) =>
  converse([...lab.onNetwork(["vault-k8s", "init"])], turns, {
    cwd: folder,
    env: { ...lab.env, CI: "", XDG_STATE_HOME: `${folder}-state` },
    patience: 120_000,
  });

describe("the wizard on a real cluster", () => {
  it("Ctrl-C leaves nothing behind", async () => {
    const ran = await wizard([...walk.slice(0, 3), ["How many Vault pods?", interrupt]]);
    expect(ran.exitCode, ran.text).toBe(130);
    expect((await typed(lab, `ls -A ${folder}; kubectl --context eks-prod get namespace vault --ignore-not-found`)).stdout).toBe("");
  });

  it("finds what is there, and the command that it prints brings a secret to the application", async () => {
    await typed(lab, `cp vault-k8s.yaml ${folder}/`);
    const ran = await wizard([["Do you mean these?", `y${enter}`], ...walk, ["What now?", down + enter]]);
    expect(ran.exitCode, ran.text).toBe(0);
    expect(ran.text).toMatch(/Kubernetes v1\.34\.\d+, 1 node for pods/);
    expect(ran.text).toMatch(/Storage classes: \S+ \(default\)/);
    expect(ran.text).toContain("+ helm vault/vault");
    expect(await readFile(join(folder, "vault-k8s.yaml"), "utf8")).toMatch(/expose: LoadBalancer/);
    const line = /^vault-k8s bootstrap --cluster.*$/m.exec(ran.text.split("without the file:").at(-1) ?? "")?.[0];
    expect(line).toContain("--secret web");
    const wired = await typed(lab, line ?? "false", { cwd: lab.work });
    expect(wired.exitCode, wired.stderr).toBe(0);
    await vaultK8s(lab, ["secret", "put", "web", "-", "--cluster", "eks-prod"], { input: "colour=green\n" });
    const proven = await vaultK8s(lab, ["verify", "--cluster", "eks-prod", "--secret", "web"]);
    expect(proven.exitCode, proven.stderr).toBe(0);
    const secret = await typed(lab, "kubectl --context eks-prod get secret web -o jsonpath={.data.colour} | base64 -d");
    expect(secret.stdout).toBe("green");
  });

  it("goes on from there: nothing is left to do", async () => {
    // The lab's own file says this too, and the printed line ran with it.
    const file = join(folder, "vault-k8s.yaml");
    await writeFile(file, (await readFile(file, "utf8")).replace(/^vault:$/m, "vault:\n  antiAffinity: false"));
    const ran = await wizard([
      ...walk.slice(0, 2),
      ["the one that runs here", enter],
      ["it runs in namespace external-secrets", enter],
      ["In which namespace is the application?", enter],
      ["Which secrets does it get?", enter],
      ["What now?", interrupt],
    ]);
    expect(ran.text).toContain("0 to make, 0 to change");
  });
});
