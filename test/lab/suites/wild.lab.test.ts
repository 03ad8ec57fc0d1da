import { readFile, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { httpProxy } from "../../fakes/wire/proxy.ts";
import { vaultK8sInPod } from "../testing/inside-pod.ts";
import { inLab, kubectl, kubectlJson, theLab, vaultK8s, type Ran } from "../testing/product.ts";

// eks-staging as people have it: namespaces with rules, charts with values of their own, a proxy in between, a pipeline that runs in a pod. Nothing is
// there before; of what is installed only the Vault of `own` is used by more than one test.
const lab = theLab();
const staging = "eks-staging";
const own = ["--cluster", "wild", "--release", "own", "--install-namespace", "wild-own", "--operator-namespace", "wild-eso"];
const small = ["--replicas", "1", "--storage-size", "1Gi"];

const trial = (name: string): string[] => ["--cluster", staging, "--release", name, "--install-namespace", name, ...small];

/** A run, and how long it took in seconds. */
async function timed(args: readonly string[]): Promise<Ran & { readonly seconds: number }> {
  const began = performance.now();
  return { ...(await vaultK8s(lab, args)), seconds: (performance.now() - began) / 1000 };
}

describe("a namespace or a registry that refuses the pods", () => {
  it("of Pod Security `restricted`: preflight says so with the values that do it, and with these they start", async () => {
    const name = "wild-restricted";
    await kubectl(lab, staging, ["create", "namespace", name]);
    await kubectl(lab, staging, ["label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted"]);
    const found = await vaultK8s(lab, ["preflight", ...trial(name)]);
    expect(found.exitCode, found.stdout).not.toBe(0);
    expect(found.stdout).toMatch(/enforces Pod Security restricted, and would refuse the pods of StatefulSet wild-restricted-vault/);
    const [, values] = /Put this into a values file, and pass it with --values: (\{"server".*\})$/m.exec(found.stdout) ?? [];
    await writeFile(join(lab.work, "restricted.yaml"), values ?? "");
    const ran = await vaultK8s(lab, ["install", ...trial(name), "--values", "restricted.yaml"]);
    expect(ran.exitCode, ran.stderr).toBe(0);
  });

  it("is told at once, with what does it, for Vault and for the operator alike: a quota, images that cannot be pulled", async () => {
    await kubectl(lab, staging, ["create", "namespace", "wild-quota"]);
    await kubectl(lab, staging, ["-n", "wild-quota", "create", "quota", "none", "--hard=pods=0"]);
    const [quota, image, operator] = await Promise.all([
      timed(["install", ...trial("wild-quota"), "--timeout", "10m"]),
      timed(["install", ...trial("wild-image"), "--image-tag", "0.0.0-none", "--timeout", "10m"]),
      timed([
        "external-secrets",
        "--cluster",
        staging,
        "--operator-namespace",
        "wild-pull",
        "--operator-set",
        "image.tag=0.0.0-none",
        "--timeout",
        "10m",
      ]),
    ]);
    for (const [{ exitCode, stderr, seconds }, words, fix] of [
      [quota, /exceeded quota: none, requested: pods=1/, /Raise the quota/],
      [image, /ErrImagePull|ImagePullBackOff/, /--image-tag/],
      [operator, /ErrImagePull|ImagePullBackOff/, /cannot be pulled/],
    ] as const) {
      expect(exitCode, stderr).toBe(1);
      expect(stderr).toMatch(words);
      expect(stderr).toMatch(fix);
      expect(seconds, stderr).toBeLessThan(150);
    }
  });
});

describe("a chart with values of its own: fullnameOverride, another Service port, a container beside Vault", () => {
  const values = {
    fullnameOverride: "secrets",
    server: {
      service: { port: 8443 },
      extraContainers: [{ name: "log-shipper", image: "busybox:1.35", command: ["sleep", "86400"] }],
    },
  };
  const all = [...own, "--context", staging, ...small, "--values", "own.yaml"];

  beforeAll(async () => {
    // Its cluster roles would be in the way of another one.
    await inLab(lab, ["helm", "--kube-context", staging, "uninstall", "external-secrets", "-n", "wild-pull", "--wait"]);
    for (const name of ["wild-quota", "wild-image", "wild-pull", "wild-restricted"])
      await kubectl(lab, staging, ["delete", "namespace", name, "--ignore-not-found", "--wait=false"]);
    await writeFile(join(lab.work, "own.yaml"), JSON.stringify(values));
  });

  it("goes through from nothing to a store that is told the right name and port", async () => {
    const ran = await vaultK8s(lab, ["bootstrap", ...all, "--secret", "demo"]);
    expect(ran.exitCode, ran.stderr).toBe(0);
    const store = await kubectlJson<{ spec: { provider: { vault: { server: string } } } }>(lab, staging, [
      "get",
      "clustersecretstore",
      "vault",
    ]);
    expect(store.spec.provider.vault.server).toBe("https://secrets-active.wild-own.svc:8443");
  });

  it("has its certificate renewed in the container that is Vault's, and is proven from pods", async () => {
    const renewed = await vaultK8s(lab, ["tls", ...all, "--tls-renew"]);
    expect([renewed.exitCode, renewed.stderr]).toEqual([0, expect.stringContaining("vault listener certificate updated") as string]);
    const put = await vaultK8s(lab, ["secret", "put", "demo", "-", ...all], { input: "password=x" });
    expect(put.exitCode, put.stderr).toBe(0);
    const proven = await vaultK8s(lab, ["verify", ...all, "--secret", "demo", "--inside"]);
    expect(proven.exitCode, proven.stderr).toBe(0);
  });

  describe("with a proxy between us and the API server, whose name only the proxy knows", () => {
    const [host, port] = ["10.20.1.1", 6443];
    const proxy = httpProxy({ "api.corp.test:6443": { host, port } });
    const file = join(lab.work, "by-proxy");
    let address: string;

    beforeAll(async () => {
      await new Promise<void>((resolve) => void proxy.server.listen(0, "127.0.0.1", resolve));
      address = `http://127.0.0.1:${(proxy.server.address() as AddressInfo).port}`;
      await kubectl(lab, staging, ["config", "view", "--raw", "--minify", "--flatten"]).then((text) =>
        writeFile(file, text.replace(/( *)server: .*/, "$1server: https://api.corp.test:6443\n$1tls-server-name: kubernetes.default.svc"), {
          mode: 0o600,
        }),
      );
    });
    afterAll(() => void proxy.server.close());

    it.each([
      ["HTTPS_PROXY", () => ({ HTTPS_PROXY: address, NO_PROXY: "10.0.0.0/8" })],
      ["proxy-url", () => ({ HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" })],
    ])("%s: requests and port-forwards go by it, and nothing else does", async (way, env) => {
      if (way === "proxy-url")
        await writeFile(file, (await readFile(file, "utf8")).replace(/( *)(server: .*)/, `$1$2\n$1proxy-url: ${address}`));
      proxy.asked.length = 0;
      for (const command of ["bootstrap", "status"]) {
        const ran = await vaultK8s(lab, [command, ...all, "--secret", "demo", "--kubeconfig", file], { env: env() });
        expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
      }
      expect([...new Set(proxy.asked)]).toEqual(["CONNECT api.corp.test:6443"]);
    });

    it("a proxy that is not there is named", async () => {
      const ran = await vaultK8s(lab, ["verify", ...all, "--kubeconfig", file.replace("by-proxy", "gone-proxy")], { env: {} });
      expect(ran.exitCode).toBe(65);
      await writeFile(file, (await readFile(file, "utf8")).replace(/proxy-url: .*/, "proxy-url: http://127.0.0.1:1"));
      const gone = await vaultK8s(lab, ["verify", ...all, "--kubeconfig", file]);
      expect([gone.exitCode, gone.stderr]).toEqual([69, expect.stringContaining("127.0.0.1:1") as string]);
    });
  });

  it("is gone on with by a pipeline in a pod, with nothing but its service account: helm too", async () => {
    const { token } = JSON.parse(await readFile(join(lab.data, "vault-k8s/wild/init.json.token"), "utf8")) as { token: string };
    await kubectl(lab, staging, ["create", "namespace", "wild-ci"]);
    await kubectl(lab, staging, ["-n", "wild-ci", "create", "serviceaccount", "ci"]);
    await kubectl(lab, staging, ["create", "clusterrolebinding", "wild-ci", "--clusterrole=cluster-admin", "--serviceaccount=wild-ci:ci"]);
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "vault", namespace: "wild-ci" }, stringData: { token } };
    await kubectl(lab, staging, ["apply", "-f", "-"], { input: JSON.stringify(secret) });
    const env = [{ name: "VAULT_TOKEN", valueFrom: { secretKeyRef: { name: "vault", key: "token" } } }];
    const pod = { context: staging, namespace: "wild-ci", account: "ci", env };
    const files = ["--values", join(lab.work, "own.yaml"), "-f", join(lab.work, "vault-k8s.yaml")];
    const changed = [...own, ...small, ...files, "--set", "server.logLevel=debug", "--yes"];
    const ran = await vaultK8sInPod(lab, { ...pod, name: "install" }, ["install", ...changed]);
    expect(ran.exitCode, ran.stdout).toBe(0);
    expect(ran.stdout).toMatch(/context in-cluster \(this pod's service account\), API server https:\/\/10\.97\.0\.1:443/);
    expect(ran.stdout).toMatch(/helm wild-own\/own updated/);
    expect(ran.stdout).not.toContain(token);
    const proven = await vaultK8sInPod(lab, { ...pod, name: "verify" }, ["verify", ...changed, "--secret", "demo"]);
    expect(proven.exitCode, proven.stdout).toBe(0);
  });
});
