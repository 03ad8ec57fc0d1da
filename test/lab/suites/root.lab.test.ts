import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { capabilitiesOn, parsePolicy, patternFor } from "../../fakes/vault/acl.ts";
import { theLab, typed, vaultK8s } from "../testing/product.ts";
import { generateRoot, keptToken, keyFile, vaultAs, vaultCli, vaultRead } from "../testing/vault.ts";
import { vaultRequestsSince } from "../testing/writes.ts";

// eks-prod is wired.
const lab = theLab();
const file = (name: string): string => join(lab.data, "vault-k8s", "eks-prod", name);
const wire = "vault-k8s bootstrap --cluster eks-prod --secret demo --audit file --audit-file /tmp/vault-audit.log";

describe("the root token after bootstrap", () => {
  beforeAll(async () => {
    const { exitCode, stderr } = await typed(lab, wire);
    expect(exitCode, stderr).toBe(0);
  }, 300_000);

  it("is refused by Vault; what took over is an orphan, periodic, of one policy, in a file of its owner", async () => {
    const { root_token } = await keyFile(lab, "eks-prod");
    const refused = await vaultAs(lab, "eks-prod", root_token, ["token", "lookup"]);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining("403") as string]);
    const { stdout } = await vaultAs(lab, "eks-prod", (await keptToken(lab, "eks-prod")) ?? "", ["token", "lookup", "-format=json"]);
    expect((JSON.parse(stdout) as { data: object }).data).toMatchObject({
      orphan: true,
      period: 768 * 3600,
      policies: ["default", "vault-k8s-admin"],
      renewable: true,
    });
    expect((await stat(file("init.json.token"))).mode & 0o777).toBe(0o600);
  });

  it("is not missed: the narrow token wires its own cluster anew and a second one, and writes secrets; each rule of its policy is needed, and no other", async () => {
    expect((await vaultCli(lab, "eks-prod", ["audit", "enable", "file", "file_path=stdout"])).exitCode).toBe(0);
    for (const gone of [
      ["auth", "disable", "k8s-eks-prod"],
      ["secrets", "disable", "kv"],
      ["policy", "delete", "k8s-eks-prod-read"],
      ["audit", "disable", "vault-k8s-file"],
    ])
      expect((await vaultCli(lab, "eks-prod", gone)).exitCode).toBe(0);
    const since = new Date();
    const lines = [
      wire,
      "echo user=a | vault-k8s secret put demo --cluster eks-prod -",
      "echo user=b | vault-k8s secret put demo --cluster eks-prod -",
    ];
    const second = "vault-k8s bootstrap --cluster trial --context eks-staging --vault-context eks-prod --operator-namespace trial";
    const trial = second.slice("vault-k8s bootstrap ".length);
    const put = `echo user=c | vault-k8s secret put x - ${trial.replace(/ --operator-namespace.*/, "")}`;
    const gone = `vault-k8s teardown ${trial} --delete-data --confirm trial`;
    for (const line of [
      ...lines,
      // An operator that found nothing often looks again only after minutes.
      `kubectl --context eks-prod annotate externalsecret/demo -n default force-sync=${Date.now()} --overwrite`,
      wire.replace("bootstrap", "verify").replace(/ --audit.*/, ""),
      wire.replace("bootstrap", "status"),
      second,
      put,
      gone,
    ]) {
      const { exitCode, stderr } = await typed(lab, line);
      expect(exitCode, `${line}\n${stderr}`).toBe(0);
    }
    // Who may not look who else reads them keeps them.
    expect(await vaultRead(lab, "eks-prod", "kv/metadata/k8s/trial/x")).toBeUndefined();
    const sent = (await vaultRequestsSince(lab, "eks-prod", since)).filter(({ auth }) => auth?.policies?.includes("vault-k8s-admin"));
    // A command may end well although something was refused: what it says of that is not what this test is about.
    expect(sent.filter(({ error }) => /permission denied/.test(error ?? "")).map(({ request }) => request.path)).toEqual([]);
    const asked = sent
      .map(({ request }) => request)
      // A list is allowed by a rule without the slash at its end, where one names just that path.
      .map((one) => (one.operation === "list" && one.path === "sys/policies/acl/" ? { ...one, path: "sys/policies/acl" } : one))
      .filter(({ path }) => !/^(auth\/token\/\w+-self|sys\/capabilities-self)$/.test(path));
    const rules = parsePolicy(String((await vaultRead(lab, "eks-prod", "sys/policies/acl/vault-k8s-admin"))?.["policy"]));
    const sudo = ({ path, operation }: { path: string; operation: string }): string[] =>
      path.startsWith("sys/audit") || (path.startsWith("sys/auth/") && /update|delete/.test(operation)) ? ["sudo"] : [];
    for (const one of asked)
      expect(capabilitiesOn(one.path, rules), one.path).toEqual(expect.arrayContaining([one.operation, ...sudo(one)]));
    // Only doctor reads Vault's own log, only fewer pods and a rollout move members, and only the way back to root needs its paths: tests of
    // their own hold those rules.
    const elsewhere = /^sys\/(monitor|step-down|storage\/raft\/remove-peer|generate-root.*)$/;
    for (const rule of rules.filter(({ path }) => !elsewhere.test(path))) {
      const used = asked.filter(({ path }) => patternFor(path, rules) === rule.path).flatMap((one) => [one.operation, ...sudo(one)]);
      expect([...new Set(used)].sort(), `path "${rule.path}"`).toEqual([...rule.capabilities].sort());
    }
  }, 300_000);

  it("run again has nothing to do, and status is well", async () => {
    const again = await typed(lab, `${wire} -o json`);
    expect((JSON.parse(again.stdout) as { changed: number }).changed, again.stderr).toBe(0);
    const status = await vaultK8s(lab, ["status", "--cluster", "eks-prod"]);
    expect(status.exitCode, status.stdout).toBe(0);
  });
});

describe("a person's login takes over", () => {
  const login = ["operator", "retire-root", "--cluster", "eks-prod", "--admin-auth", "userpass", "--vault-token-file"];

  it("only when it may do enough; then nothing is kept", async () => {
    // As after a bootstrap --admin-auth: a root token that is valid, and no token that took over.
    const root = await generateRoot(lab, "eks-prod");
    await writeFile(
      file("init.json"),
      JSON.stringify({ ...(JSON.parse(await readFile(file("init.json"), "utf8")) as object), root_token: root }),
      { mode: 0o600 },
    );
    await rm(file("init.json.token"));
    expect((await vaultCli(lab, "eks-prod", ["auth", "enable", "userpass"])).exitCode).toBe(0);
    const tokenOf = async (policies: string): Promise<string> => {
      await vaultCli(lab, "eks-prod", ["write", "auth/userpass/users/alice", `token_policies=${policies}`, "password=-"], "lab-only");
      const made = await vaultAs(
        lab,
        "eks-prod",
        "",
        ["login", "-no-store", "-field=token", "-method=userpass", "username=alice", "password=-"],
        "lab-only",
      );
      await writeFile(join(lab.work, "alice"), made.stdout, { mode: 0o600 });
      return join(lab.work, "alice");
    };
    const weak = await vaultK8s(lab, [...login, await tokenOf("default")]);
    expect([weak.exitCode, weak.stderr.replace(/\s+/g, " ")]).toEqual([1, expect.stringMatching(/lacks .*VK1520/) as string]);
    expect((await vaultAs(lab, "eks-prod", root, ["token", "lookup"])).exitCode).toBe(0);
    const strong = await vaultK8s(lab, [...login, await tokenOf("vault-k8s-admin")]);
    expect(strong.exitCode, strong.stderr).toBe(0);
    expect((await vaultAs(lab, "eks-prod", root, ["token", "lookup"])).exitCode).toBe(2);
    expect(await keptToken(lab, "eks-prod")).toBeUndefined();
    const again = await vaultK8s(lab, [
      "bootstrap",
      "--cluster",
      "eks-prod",
      "--secret",
      "demo",
      "--admin-auth",
      "userpass",
      "--vault-token-file",
      join(lab.work, "alice"),
      "-o",
      "json",
    ]);
    expect((JSON.parse(again.stdout) as { changed: number }).changed, again.stderr).toBe(0);
  }, 120_000);
});
