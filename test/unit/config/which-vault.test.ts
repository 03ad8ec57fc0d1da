import { describe, expect, it } from "vitest";
import { checkCrossFieldRules } from "../../../src/config/cross-field-rules.ts";
import { refuseUnusable, settleVault, type VaultUse } from "../../../src/config/which-vault.ts";
import { failureOf, resolved, words, type Given } from "./folder.ts";

const settled = async (given: Given, use: VaultUse, own = false) =>
  (await settleVault(await resolved(given), use, () => Promise.resolve(own))).settings;
const exported = { VAULT_ADDR: "https://production:8200" };

describe("which Vault is meant", () => {
  it("is not decided by an exported variable where something could be installed", async () => {
    const error = await failureOf(settled({ env: exported }, "choose"));
    expect(error.kind).toMatchObject({ code: "VK1005", exit: 64 });
    expect(words(error)).toContain("--vault-addr https://production:8200");
    expect(words(error)).toContain("--install");
  });

  it.each([{ install: true }, { vaultContext: "eks-prod" }])("ignores the variable with %j", async (flags) => {
    expect((await settled({ env: exported, flags }, "choose")).vaultAddr).toBeUndefined();
  });

  it.each(["production:8200", "https://me:canary@production", "unix://", "ftp://production"])(
    "is not stopped by a variable that is no address (%s) where it is not used",
    async (VAULT_ADDR) => {
      const given = { env: { VAULT_ADDR } };
      expect((await settled({ ...given, flags: { install: true } }, "choose")).vaultAddr).toBeUndefined();
      expect((await settled({ ...given, flags: { vaultContext: "hub" } }, "any")).vaultAddr).toBeUndefined();
      expect((await settled({ ...given, flags: { vaultAddr: "https://mine" } }, "any")).vaultAddr).toBe("https://mine");
      expect((await settled(given, "install")).vaultAddr).toBeUndefined();
      const shown = await resolved(given);
      expect(JSON.stringify(shown.settings)).not.toContain("canary");
      const error = await failureOf(resolved(given).then(async (found) => refuseUnusable(await settleVault(found, "any"))));
      expect(error.kind.code).toBe("VK1004");
      expect(words(error)).not.toContain("canary");
    },
  );

  it.each([
    ["HTTPS://Production:8200/", "https://Production:8200"],
    ["unix:///run/agent.sock", "unix:///run/agent.sock"],
  ])("takes %s", async (VAULT_ADDR, address) => {
    const found = await resolved({ env: { VAULT_ADDR } });
    expect([(await settleVault(found, "any")).settings.vaultAddr, found.unusable]).toEqual([address, undefined]);
  });

  it("takes the variable as vault does in a single command", async () => {
    expect((await settled({ env: exported }, "any")).vaultAddr).toBe("https://production:8200");
  });

  it("takes an address that was said on purpose", async () => {
    expect((await settled({ env: exported, flags: { vaultAddr: "https://mine" } }, "choose")).vaultAddr).toBe("https://mine");
    expect((await settled({ env: {}, yaml: "vault: { addr: https://mine }" }, "choose")).vaultAddr).toBe("https://mine");
  });

  it("prefers what the file says for the cluster to what it says for all", async () => {
    const yaml = "cluster: a\nvault: { context: hub }\nclusters: { a: { vault: { addr: https://own } } }";
    expect(await settled({ yaml }, "choose")).toMatchObject({ vaultAddr: "https://own", vaultContext: undefined });
  });

  it.each([
    ["an address and a context", { vaultAddr: "https://v", vaultContext: "c" }, "choose"],
    ["an address and --install", { vaultAddr: "https://v", install: true }, "choose"],
    ["a context and --install", { vaultContext: "c", install: true }, "choose"],
    ["an address for install", { vaultAddr: "https://v" }, "install"],
    ["nodes for install", { vaultNodes: ["https://v"] }, "install"],
    ["nodes for bootstrap", { vaultNodes: ["https://v"] }, "choose"],
  ] as const)("refuses %s", async (_, flags, use) => {
    expect((await failureOf(settled({ flags }, use))).kind).toMatchObject({ code: "VK1001", exit: 64 });
  });

  it("wants each node's own address for init and unseal", async () => {
    expect((await failureOf(settled({ flags: { vaultAddr: "https://v" } }, "nodes"))).kind.code).toBe("VK1212");
    expect((await settled({ flags: { vaultAddr: "https://v", vaultNodes: ["https://v-0"] } }, "nodes")).vaultNodes).toEqual([
      "https://v-0",
    ]);
  });

  it.each(["install", "nodes", "keys", "pods"] as const)("%s is about the pods, whatever is exported", async (use) => {
    const settings = await settled({ env: { ...exported, VAULT_NAMESPACE: "theirs" } }, use);
    expect([settings.vaultAddr, settings.vaultNamespace]).toEqual([undefined, undefined]);
  });

  it.each(["choose", "any", "install", "nodes", "keys", "pods"] as const)(
    "%s takes an exported address for the pods of the cluster where it is their Vault, and keeps the namespace in it",
    async (use) => {
      const settings = await settled({ env: { ...exported, VAULT_NAMESPACE: "ours" } }, use, true);
      expect([settings.vaultAddr, settings.vaultNamespace]).toEqual([undefined, "ours"]);
    },
  );

  it("keeps a namespace that was said on purpose, and all that is said of a Vault that nobody installs", async () => {
    const namespaced = { ...exported, VAULT_NAMESPACE: "theirs" };
    expect((await settled({ env: namespaced, flags: { install: true, vaultNamespace: "mine" } }, "choose")).vaultNamespace).toBe("mine");
    expect((await settled({ env: namespaced, flags: { vaultContext: "hub" } }, "choose")).vaultNamespace).toBe("theirs");
    expect(await settled({ env: namespaced }, "any")).toMatchObject({
      vaultAddr: "https://production:8200",
      vaultNamespace: "theirs",
    });
  });

  it("asks of no address that was said on purpose", async () => {
    expect((await settled({ flags: { vaultAddr: "https://mine" } }, "any", true)).vaultAddr).toBe("https://mine");
  });
});

describe("settings that depend on each other", () => {
  it.each([
    [{ keyShares: "1" }, "3 of 1"],
    [{ keyThreshold: "1" }, "at least 2"],
    [{ pgpKeys: ["a.asc"] }, "1 PGP keys for 5"],
    [{ tokenTtl: "48h" }, "longer than the longest"],
    [{ expose: "Ingress" }, "--ingress-host"],
    [{ storeNamespaces: ["shop"], storeKind: "SecretStore" }, "its own namespace alone"],
    [{ storeNamespaces: ["shop"], secrets: ["db"] }, "An ExternalSecret in namespace default could not use the store"],
    [{ tlsSecret: "a", tlsIssuer: "b" }, "--tls-secret and --tls-issuer"],
    [{ insecureNoTls: true, tlsRenew: true }, "without TLS"],
    [{ tlsSecret: "a", tlsRenew: true }, "Change the Secret"],
    [{ tlsIssuer: "a", tlsRenew: true }, "cmctl renew"],
    [{ tlsDuration: "30d" }, "in every run"],
    [{ tlsDuration: "3600d" }, "outlive the authority"],
  ])("%j", async (flags, part) => {
    const found = await resolved({ flags });
    const error = await failureOf(Promise.resolve().then(() => checkCrossFieldRules(found)));
    expect(error.kind).toMatchObject({ code: "VK1004", exit: 65 });
    expect(words(error)).toContain(part);
  });

  it.each([{ keyShares: "1", keyThreshold: "1" }, { keyShares: "2", keyThreshold: "2", pgpKeys: ["a", "b"] }, { tokenMaxTtl: "0" }])(
    "%j agree",
    async (flags) => {
      const found = await resolved({ flags });
      expect(() => checkCrossFieldRules(found)).not.toThrow();
    },
  );
});
