import { afterAll, describe, expect, it } from "vitest";
import { inLab, kubectl, kubectlJson, theLab, typed, vaultK8s } from "../testing/product.ts";

// Releases of their own in eks-staging, which is empty before.
const lab = theLab();
const trial = (name: string): string[] => [
  "install",
  "--cluster",
  "eks-staging",
  "--release",
  name,
  "--install-namespace",
  name,
  "--storage-size",
  "1Gi",
];

async function uninstall(name: string): Promise<void> {
  await inLab(lab, ["helm", "uninstall", name, "-n", name, "--kube-context", "eks-staging"]);
  await kubectl(lab, "eks-staging", ["delete", "namespace", name, "--ignore-not-found", "--wait=false"]);
}

describe("a Vault pod that cannot start is explained from its events", () => {
  afterAll(async () => void (await Promise.all(["vault-affinity", "vault-storage", "vault-image"].map(uninstall))));

  it.each([
    ["vault-affinity", ["--anti-affinity", "--replicas", "2"], /anti-affinity/, "--no-anti-affinity"],
    ["vault-storage", ["--storage-class", "no-such-class", "--replicas", "1"], /PersistentVolumeClaim|storageclass/i, "--storage-class"],
    ["vault-image", ["--image-tag", "0.0.0-none", "--replicas", "1"], /ErrImage|ImagePull|pull/i, "--image-tag"],
  ])("%s", async (name, flags, why, fix) => {
    const { exitCode, stderr } = await vaultK8s(lab, [...trial(name), ...flags, "--timeout", "20s"]);
    expect(stderr).toContain("VK1110");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(why);
    expect(stderr).toContain(fix);
  });
});

describe("how Vault is exposed", () => {
  afterAll(() => uninstall("vault-ingress"));

  it("an Ingress has the host, the class and the TLS Secret, and leads to the active pod", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, [
      ...trial("vault-ingress"),
      "--replicas",
      "1",
      "--expose",
      "Ingress",
      "--ingress-host",
      "vault.example.com",
      "--ingress-class",
      "nginx",
      "--ingress-tls-secret",
      "vault-tls",
    ]);
    expect(exitCode, stderr).toBe(0);
    const ingress = await kubectlJson<{ spec: Record<string, unknown> }>(lab, "eks-staging", [
      "get",
      "ingress",
      "vault-ingress",
      "-n",
      "vault-ingress",
    ]);
    expect(ingress.spec).toMatchObject({
      ingressClassName: "nginx",
      tls: [{ hosts: ["vault.example.com"], secretName: "vault-tls" }],
      rules: [
        {
          host: "vault.example.com",
          http: { paths: [{ backend: { service: { name: "vault-ingress-active", port: { number: 8200 } } } }] },
        },
      ],
    });
  });

  it("only values that the chart knows are sent: an unknown one is refused by its schema", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, [...trial("vault-ingress"), "--replicas", "1", "--set", "server.replicsa=3"]);
    expect(stderr).toContain("VK1304");
    expect(stderr).toContain("replicsa");
    expect(exitCode).toBe(1);
  });
});

describe("charts come as folders and archives, by either Helm", () => {
  afterAll(() => uninstall("vault-archive"));

  it("an archive made by helm package is installed by Helm 3", async () => {
    const packed = await typed(lab, `helm package ${lab.charts.vault} -d ${lab.work} | sed 's/.*: //'`);
    expect(packed.exitCode, packed.stderr).toBe(0);
    const { exitCode, stderr } = await vaultK8s(lab, [
      ...trial("vault-archive"),
      "--replicas",
      "1",
      "--chart",
      packed.stdout.trim(),
      "--helm",
      "helm3",
    ]);
    expect(exitCode, stderr).toBe(0);
    const again = await vaultK8s(lab, [...trial("vault-archive"), "--replicas", "1", "--chart", packed.stdout.trim(), "--helm", "helm3"]);
    expect(again.stderr).toContain("helm vault-archive/vault-archive unchanged");
  });

  it("a helm that was killed in the middle does not stop the next run", async () => {
    const name = "sh.helm.release.v1.vault-archive.v1";
    await kubectl(lab, "eks-staging", ["label", "secret", name, "-n", "vault-archive", "status=pending-install", "--overwrite"]);
    const stored = await kubectlJson<{ data: { release: string } }>(lab, "eks-staging", ["get", "secret", name, "-n", "vault-archive"]);
    const pending = await typed(
      lab,
      `base64 -d | base64 -d | gunzip | sed 's/"status":"deployed"/"status":"pending-install"/' | gzip | base64 -w0 | base64 -w0`,
      { input: stored.data.release },
    );
    await kubectl(lab, "eks-staging", [
      "patch",
      "secret",
      name,
      "-n",
      "vault-archive",
      "--type=merge",
      "-p",
      JSON.stringify({ data: { release: pending.stdout.trim() } }),
    ]);
    const chart = (await typed(lab, "ls vault-*.tgz")).stdout.trim();
    const { exitCode, stderr } = await vaultK8s(lab, [
      ...trial("vault-archive"),
      "--replicas",
      "1",
      "--chart",
      `${lab.work}/${chart}`,
      "--helm",
      "helm3",
    ]);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("an earlier helm run was cut off");
  });
});
