import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { kubectl, kubectlJson, theLab, vaultK8s } from "../testing/product.ts";
import { caFile, rootToken, vaultAddress, vaultCli } from "../testing/vault.ts";

// eks-prod is wired, with a secret `demo`. It stays as it is.
const lab = theLab();
const verify = ["verify", "--cluster", "eks-prod", "--secret", "demo", "--inside"];
const selector = "vault-k8s.io/proof=inside";

interface Suites {
  readonly testsuites: { readonly testsuite: { readonly testcase: readonly { readonly name: string; readonly failure?: object }[] } };
}

async function report(): Promise<Suites["testsuites"]["testsuite"]["testcase"]> {
  const text = await readFile(join(lab.work, "proofs.xml"), "utf8");
  expect(XMLValidator.validate(text)).toBe(true);
  return (new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" }).parse(text) as Suites).testsuites.testsuite.testcase;
}

const proofPods = async (): Promise<string> => kubectl(lab, "eks-prod", ["get", "pods", "-A", "-l", selector, "-o", "name"]);

/** kubectl, following pods until it is ended. */
const following = (args: readonly string[]) => {
  const [program, ...rest] = lab.onNetwork(["kubectl", "--context", "eks-prod", "get", "pods", "-A", "-l", selector, "-w", ...args]);
  return execa(program, rest, { cwd: lab.work, env: lab.env, extendEnv: false, reject: false, timeout: 120_000 });
};

describe("verify --inside", () => {
  afterAll(async () => expect(await proofPods()).toBe(""));

  it("logs in from pods, is refused from others, writes a report, and leaves no pod and no token behind", async () => {
    const watch = following(["-o", "json"]);
    const { exitCode, stderr } = await vaultK8s(lab, [...verify, "--junit", "proofs.xml"]);
    watch.kill();
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/from a pod, external-secrets\/external-secrets logs in/);
    expect(stderr).toMatch(/from a pod, default\/default, which is not bound, is refused/);
    expect(stderr).toMatch(/from a pod, external-secrets\/default, which is not bound, is refused/);
    const cases = await report();
    expect([cases.length, cases.filter(({ failure }) => failure !== undefined)]).toEqual([9, []]);
    expect(await proofPods()).toBe("");
    const { stdout: seen } = await watch;
    expect(seen).toContain('"serviceAccountToken"');
    // A service account's token, or one of Vault.
    expect(seen).not.toMatch(/eyJ[\w-]{20}|hvs\.[\w-]{10}/);
    expect(seen).toContain("login denied");
  });

  it("says which account gets in that must not, and the report does too", async () => {
    const role = "auth/k8s-eks-prod/role/external-secrets";
    const bind = (names: string) => vaultCli(lab, "eks-prod", ["write", role, `bound_service_account_names=${names}`]);
    expect((await bind("external-secrets,default")).exitCode).toBe(0);
    const { exitCode, stderr } = await vaultK8s(lab, [...verify, "--junit", "proofs.xml"]);
    expect((await bind("external-secrets")).exitCode).toBe(0);
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain("external-secrets/default could log in from a pod as external-secrets");
    const failed = (await report()).filter(({ failure }) => failure !== undefined);
    expect(failed.map(({ name }) => name)).toEqual(["from a pod, external-secrets/default, which is not bound, is refused"]);
  });

  it("where Vault is at an address it asks for an image, and runs it", async () => {
    const at = [...verify, "--vault-addr", await vaultAddress(lab, "eks-prod")];
    const env = { VAULT_TOKEN: await rootToken(lab, "eks-prod"), VAULT_CACERT: await caFile(lab, "eks-prod") };
    const without = await vaultK8s(lab, at, { env });
    expect([without.exitCode, without.stderr]).toEqual([64, expect.stringContaining("--image") as string]);
    const pod = await kubectlJson<{ spec: { containers: { image: string }[] } }>(lab, "eks-prod", ["get", "pod", "vault-0", "-n", "vault"]);
    const withImage = await vaultK8s(lab, [...at, "--image", pod.spec.containers[0]!.image], { env });
    expect(withImage.exitCode, withImage.stderr).toBe(0);
  });

  it("interrupted, it takes its pods away", async () => {
    const watch = following(["-o", "name"]);
    const [program, ...args] = lab.onNetwork(["vault-k8s", ...verify]);
    const running = execa(program, args, {
      cwd: lab.work,
      env: { ...lab.env, CI: "true" },
      extendEnv: false,
      reject: false,
      timeout: 120_000,
    });
    await new Promise<void>((resolve) => watch.stdout.once("data", () => resolve()));
    running.kill("SIGINT");
    const { exitCode, stderr } = await running;
    watch.kill();
    expect(exitCode, stderr).toBe(130);
    await expect.poll(proofPods, { timeout: 20_000 }).toBe("");
  });
});
