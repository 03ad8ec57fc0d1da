import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfigFile } from "../../../src/config/file.ts";
import { originText } from "../../../src/config/origin.ts";
import { requireCluster, resolveSettings } from "../../../src/config/resolve.ts";
import { failureOf, folder, resolved, words } from "./folder.ts";

const layered = "cluster: file\nkv:\n  mount: top\nclusters:\n  prod:\n    kv: { mount: own }\n";

describe("where a setting comes from", () => {
  it.each([
    ["a flag", { flags: { kvMount: "flag", cluster: "prod" }, yaml: layered }, "flag", "flag --kv-mount"],
    ["the cluster's part of the file", { flags: { cluster: "prod" }, yaml: layered }, "own", "vault-k8s.yaml:6:18"],
    ["the top of the file", { flags: { cluster: "other" }, yaml: layered }, "top", "vault-k8s.yaml:3:10"],
    ["the default", { flags: { cluster: "prod" } }, "kv", "default"],
  ])("%s", async (_, given, value, origin) => {
    const { settings, origins } = await resolved(given);
    expect(settings.kvMount).toBe(value);
    expect(originText(origins.kvMount)).toBe(origin);
  });

  it("takes the first variable that is set, and an empty one as not set", async () => {
    const { settings, origins } = await resolved({ env: { VAULT_ADDR: "", BAO_ADDR: "https://bao:8200/" } });
    expect(settings.vaultAddr).toBe("https://bao:8200");
    expect(originText(origins.vaultAddr)).toBe("env BAO_ADDR");
  });

  it("prefers a flag to the environment and the environment to the file", async () => {
    const yaml = "vault: { addr: https://file }";
    expect((await resolved({ yaml, env: { VAULT_ADDR: "https://env" } })).settings.vaultAddr).toBe("https://env");
    expect((await resolved({ yaml, env: { VAULT_ADDR: "https://env" }, flags: { vaultAddr: "https://flag" } })).settings.vaultAddr).toBe(
      "https://flag",
    );
  });

  it("names defaults after the cluster, and after other settings", async () => {
    const { settings } = await resolved({ flags: { cluster: "eks-prod", operatorNamespace: "eso", operatorServiceAccount: "reader" } });
    expect(settings).toMatchObject({
      authMount: "k8s-eks-prod",
      policyName: "k8s-eks-prod-read",
      kvPrefix: "k8s/eks-prod/",
      boundNamespaces: ["eso"],
      boundServiceAccounts: ["reader"],
      rolePolicies: ["k8s-eks-prod-read"],
    });
  });

  it("finds the cluster's part by the name that the file itself gives", async () => {
    expect((await resolved({ yaml: "cluster: a\nclusters: { a: { namespace: mine } }" })).settings.namespace).toBe("mine");
  });
});

describe("values of the file", () => {
  it("keeps a version as it is written, and a number where a text is wanted", async () => {
    const { settings } = await resolved({ yaml: "cluster: 42\nvault: { chartVersion: 0.30, imageTag: 1.20 }" });
    expect(settings).toMatchObject({ cluster: "42", chartVersion: "0.30", imageTag: "1.20" });
  });

  it("writes durations as Go reads them", async () => {
    expect((await resolved({ yaml: "role: { tokenTtl: 90, tokenMaxTtl: 1d12h }" })).settings).toMatchObject({
      tokenTtl: "1m30s",
      tokenMaxTtl: "36h",
    });
  });

  it("starts relative paths from the file, those of flags from the working folder", async () => {
    const cwd = await folder();
    await mkdir(join(cwd, "conf"));
    await writeFile(
      join(cwd, "conf/a.yaml"),
      "vault: { values: [v.yaml, ~/w.yaml], chart: ./charts/vault, caCert: ca.pem }\noperator: { chart: external-secrets }",
    );
    const { settings } = await resolveSettings({ flags: { config: "conf/a.yaml", initFile: "init.json" }, env: {}, cwd });
    expect(settings).toMatchObject({
      values: [join(cwd, "conf/v.yaml"), join(homedir(), "w.yaml")],
      chart: join(cwd, "conf/charts/vault"),
      caCert: join(cwd, "conf/ca.pem"),
      operatorChart: "external-secrets",
      initFile: join(cwd, "init.json"),
    });
  });

  it("takes secrets as texts and as maps", async () => {
    const yaml = "secrets:\n  - db\n  - { name: web, path: team/web, keys: [user, password] }\n  - { name: api, keys: token }";
    expect((await resolved({ yaml })).settings.secrets).toEqual(["db", "web=team/web#user,password", "api#token"]);
  });

  it("follows anchors", async () => {
    expect((await resolved({ yaml: "cluster: &name prod\nnamespace: *name" })).settings.namespace).toBe("prod");
  });

  it("takes a key without a value as not said", async () => {
    expect((await resolved({ yaml: "kv:\n  mount:\nvault:\nclusters:\n" })).settings.kvMount).toBe("kv");
  });

  it.each(["", "# only a comment\n", "---\n", "{}"])("takes %j as an empty file", async (yaml) => {
    expect((await resolved({ yaml })).settings.kvMount).toBe("kv");
  });
});

describe("a file that is wrong", () => {
  it.each([
    ["a typo", "cluster: a\nvault:\n  replcas: 3\n", ["vault-k8s.yaml:3:3", "vault.replcas", '"vault.replicas"']],
    ["a typo at the top", "clutser: a\n", ["vault-k8s.yaml:1:1", '"cluster"']],
    ["a typo below a cluster", "clusters:\n  prod:\n    kv: { mout: x }\n", ["vault-k8s.yaml:3:11", '"clusters.prod.kv.mount"']],
    ["the name of a flag", "kv-mount: x\n", ['"kv.mount"']],
    ["a key of another place", "mount: x\n", ['"kv.mount"']],
    ["a flag of one run", "timeout: 5m\n", ["--timeout", "command line"]],
    ["a key that nothing is like", "zzz: 1\n", ["Keys here are cluster, context"]],
    ["a list for a text", "cluster: [a]\n", ["vault-k8s.yaml:1:10", "cluster must be a text", "a list"]],
    ["a text for a list", "secrets: db\n", ["vault-k8s.yaml:1:10", "secrets must be a list"]],
    ["a text for a switch", "vault: { ui: yes }\n", ["vault-k8s.yaml:1:14", "vault.ui must be true or false"]],
    ["a text for a map", "vault: http://x\n", ["vault-k8s.yaml:1:8", "vault must hold keys"]],
    ["a list for the whole file", "- a\n", ["vault-k8s.yaml:1:1"]],
    ["a secret without a name", "secrets: [{ path: x }]\n", ["has no name"]],
    ["a secret with a typo", "secrets: [{ nmae: x }]\n", ["vault-k8s.yaml:1:13", '"secrets.name"']],
    ["YAML that does not parse", "cluster: a\nvault: [\n", ["vault-k8s.yaml:3:1", "This is not YAML"]],
    ["a key that stands twice", "cluster: a\ncluster: b\n", ["vault-k8s.yaml:2:1", "unique"]],
    ["two documents", "cluster: a\n---\ncluster: b\n", ["This is not YAML"]],
    ["an alias that leads nowhere", "cluster: *x\n", ["vault-k8s.yaml:1:10"]],
    ["brackets without end", "[".repeat(100_000), ["vault-k8s.yaml"]],
  ])("%s", async (_, yaml, parts) => {
    const error = await failureOf(resolved({ yaml }));
    expect(error.kind).toMatchObject({ code: "VK1003", exit: 65 });
    for (const part of parts) expect(words(error)).toContain(part);
  });

  it.each([
    ["binary", new Uint8Array([0x63, 0xff, 0xfe, 0x00]), "not a text file"],
    ["with NUL", "cluster: a\0b", "not a text file"],
    ["huge", `# ${"x".repeat(300_000)}`, "bytes"],
  ])("%s", async (_, yaml, part) => {
    const error = await failureOf(resolved({ yaml }));
    expect(error.kind.code).toBe("VK1003");
    expect(words(error)).toContain(part);
  });

  it("that was named and is not there, or is a folder", async () => {
    expect(words(await failureOf(resolved({ flags: { config: "nope.yaml" } })))).toContain("There is no such file");
    expect(words(await failureOf(resolved({ flags: { config: "." } })))).toContain("It is a folder");
  });

  it("does not grow by aliases", async () => {
    const bomb = [
      "a: &a [x, x]",
      ..."bcdefghijklmnopqrstuvwxyz"
        .split("")
        .map((name, index) => `${name}: &${name} [*${"abcdefghijklmnopqrstuvwxyz"[index]}, *${"abcdefghijklmnopqrstuvwxyz"[index]}]`),
      "secrets: *z",
    ].join("\n");
    expect((await failureOf(resolved({ yaml: bomb }))).kind.code).toBe("VK1003");
  });
});

describe("a value that cannot be used", () => {
  it.each([
    ["a cluster in a path", { cluster: "a/b" }, "--cluster"],
    ["a cluster that climbs", { cluster: "../x" }, "lower-case letters"],
    ["a cluster with a space", { cluster: "a b" }, "lower-case letters"],
    ["a cluster with two dots", { cluster: "a..b" }, "lower-case letters"],
    ["a cluster in capitals", { cluster: "Prod" }, "lower-case letters"],
    ["an empty cluster", { cluster: "" }, "must not be empty"],
    ["a namespace", { namespace: "My_App" }, "RFC 1123"],
    ["a mount with a slash in front", { kvMount: "/kv" }, "no slash in front"],
    ["a mount with two slashes", { kvMount: "a//b" }, "no '//'"],
    ["a mount of Vault's own", { kvMount: "sys" }, "keeps sys/ for itself"],
    ["a mount with auth/", { authMount: "auth/k8s" }, 'Leave out "auth/"'],
    ["a prefix that climbs", { kvPrefix: "k8s/../x" }, "no '..'"],
    ["a prefix with a wildcard", { kvPrefix: "k8s/*" }, "no wildcards"],
    ["replicas", { replicas: "three" }, "whole number from 1"],
    ["no replicas", { replicas: "0" }, "whole number from 1"],
    ["a duration", { timeout: "5 minutes" }, "90s, 1h30m"],
    ["a choice", { storeKind: "ClusterSecretStor" }, "Did you mean ClusterSecretStore?"],
    ["an address without a scheme", { vaultAddr: "vault:8200" }, "https://vault.example.com"],
    ["an address with a password", { vaultAddr: "https://u:p@vault" }, "must not hold a user name"],
    ["a size", { storageSize: "ten" }, "10Gi"],
    ["a secret", { secrets: ["Bad Name"] }, "NAME[=PATH][#KEY"],
    ["a secret's path", { secrets: ["db=/x"] }, "NAME[=PATH][#KEY"],
  ])("%s", async (_, flags, part) => {
    const error = await failureOf(resolved({ flags }));
    expect(error.kind).toMatchObject({ code: "VK1004", exit: 65 });
    expect(words(error)).toContain(part);
  });

  it("says where it was said", async () => {
    expect(words(await failureOf(resolved({ yaml: "kv:\n  mount: /kv" })))).toContain("vault-k8s.yaml:2:10");
    expect(words(await failureOf(resolved({ env: { VAULT_K8S_CLUSTER: "A" } })))).toContain("env VAULT_K8S_CLUSTER");
    expect(words(await failureOf(resolved({ yaml: "clusters: { ../x: {} }" })))).toContain("vault-k8s.yaml:1:13");
  });
});

describe("texts in their normal form", () => {
  it.each([
    ["kvPrefix", "team/a", "team/a/"],
    ["kvPrefix", "team/a///", "team/a/"],
    ["vaultNamespace", "/team/a/", "team/a"],
    ["kvPrefix", "", ""],
    ["kvMount", "kv/", "kv"],
    ["audience", "", ""],
  ] as const)("%s %j becomes %j", async (name, said, kept) =>
    expect((await resolved({ flags: { [name]: said } })).settings[name]).toBe(kept),
  );
});

describe("the cluster's name", () => {
  it("is asked for, with those that the file names", async () => {
    const found = await resolved({ yaml: "clusters: { eks-prod: {}, eks-staging: {} }" });
    expect(() => requireCluster(found)).toThrow("No cluster was named");
    expect(found.clusters).toEqual(["eks-prod", "eks-staging"]);
  });
});

describe("the file, asked for by many", () => {
  it("is read once, and again when it was written anew", async () => {
    const cwd = await folder();
    const file = join(cwd, "vault-k8s.yaml");
    await writeFile(file, layered);
    const [one, other] = await Promise.all([loadConfigFile(undefined, cwd), loadConfigFile(undefined, cwd)]);
    expect(one?.top).toBe(other?.top);
    await writeFile(file, layered.replace("top", "new"));
    expect((await resolveSettings({ flags: {}, env: {}, cwd })).settings.kvMount).toBe("new");
  });
});
