import { chmod, readFile, readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Search } from "../../contract/canaries.ts";
import { watched } from "../testing/children.ts";
import { kubectlJson, theLab, vaultK8s, type Ran } from "../testing/product.ts";
import { keptToken, keyFile } from "../testing/vault.ts";

// eks-prod is wired, and stays as it is.
const lab = theLab();
const search = new Search();
const value = "c4n4ry-value-of-the-leak-suite-77f0b1";

/** Every secret that this cluster's wiring has. */
async function secrets(): Promise<string[]> {
  const keys = await keyFile(lab, "eks-prod");
  const reviewer = await kubectlJson<{ data: Record<string, string> }>(lab, "eks-prod", [
    "get",
    "secret",
    "vault-reviewer-token",
    "-n",
    "vault-k8s",
  ]);
  const config = parse(await readFile(lab.kubeconfig, "utf8")) as { users: { user: Record<string, string | undefined> }[] };
  const people = config.users.flatMap(({ user }) => [
    user["token"] ?? "",
    Buffer.from(user["client-key-data"] ?? "", "base64")
      .toString()
      .split("\n")[1] ?? "",
  ]);
  const shares = keys.unseal_keys_b64.flatMap((share) => [share, Buffer.from(share, "base64").toString("hex")]);
  const kept = await keptToken(lab, "eks-prod");
  return [
    keys.root_token,
    ...(kept === undefined ? [] : [kept]),
    ...shares,
    Buffer.from(reviewer.data["token"] ?? "", "base64").toString(),
    ...people,
    value,
  ];
}

function through(line: string, { stdout, stderr }: Ran): void {
  search.through(`${line}, standard output`, stdout);
  search.through(`${line}, standard error`, stderr);
}

/** helm that stays long enough to be looked at. */
async function slowHelm(): Promise<string> {
  const file = join(lab.work, "helm-that-waits");
  await writeFile(file, '#!/bin/sh\nsleep 0.5\nexec helm "$@"\n');
  await chmod(file, 0o755);
  return file;
}

describe("secrets on a real cluster", () => {
  beforeAll(async () => search.lookFor(await secrets()));
  afterAll(() => console.log(search.summary()));

  it("stand in nothing that any command says, in any way", async () => {
    const put = ["secret", "put", "leaks/canary", "-", "--cluster", "eks-prod"];
    through(put.join(" "), await vaultK8s(lab, put, { input: JSON.stringify({ password: value }) }));
    const cluster = ["--cluster", "eks-prod"];
    for (const line of [
      ["status"],
      ["status", "-o", "json"],
      ["status", "-o", "wide"],
      ["config", "view", "--set", `server.password=${value}`],
      ["version", "--servers"],
      ["bootstrap", "-v", "--print-commands"],
      ["export", "-o", "json"],
      ["bootstrap", "-o", "json"],
      ["bootstrap", "--dry-run", "--print-commands", "--kv-prefix", "other", "--token-ttl", "2h"],
      ["verify", "-v", "--secret", "demo"],
      ["doctor", "-v", "--secret", "demo"],
      ["doctor", "-o", "json", "--auth-mount", "elsewhere"],
      ["secret", "put", "leaks/canary", "-", "--dry-run"],
      ["policy", "-v", "--vault-token-file", "/etc/hostname"],
    ])
      through(line.join(" "), await vaultK8s(lab, [...line, ...cluster], { input: `password=${value}\n` }));
    expect(search.leaks).toEqual([]);
    expect(search.canaries).toBeGreaterThan(10);
  });

  // Where nothing changes no helm runs.
  const change = ["bootstrap", "--dry-run", "--cluster", "eks-prod", "-v", "--set", "server.logLevel=debug"];

  it("stand in the arguments and the environment of no process that is started", async () => {
    const { ran, seen } = await watched(lab, ["vault-k8s", ...change], {
      BAO_TOKEN_OF_SOMEBODY: value,
      VAULT_K8S_HELM: await slowHelm(),
    });
    expect(ran.exitCode, ran.stderr).toBe(0);
    const helm = seen.filter((each) => /(^|\/)helm/.test(each.arguments));
    expect(helm.length).toBeGreaterThan(0);
    for (const each of seen) search.through(`arguments of ${each.arguments.split("\n")[0]}`, each.arguments);
    for (const each of helm) search.through("environment of helm", each.environment);
    expect(search.leaks).toEqual([]);
  });

  it("stand in no file of the work folder and of the cache", async () => {
    for (const folder of [lab.work, join(lab.env["XDG_CACHE_HOME"] ?? join(lab.env["HOME"] ?? lab.work, ".cache"), "vault-k8s")])
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
        if (entry.isFile())
          search.through(relative(folder, join(entry.parentPath, entry.name)), await readFile(join(entry.parentPath, entry.name)));
    expect(search.leaks).toEqual([]);
  });
});
