import { describe, expect, it } from "vitest";
import type { FieldName } from "../../../src/config/fields.ts";
import { fieldNames, table } from "../../../src/config/keys.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import type { Flags } from "../../../src/config/sources.ts";
import { specOf, type Spec } from "../../../src/config/spec.ts";
import { parseSecretSpec } from "../../../src/config/spec/secret.ts";

const settings = async (flags: Flags) => (await resolveSettings({ flags, env: {}, cwd: "/", noFile: true })).settings;
const spec = async (flags: Flags = {}): Promise<Spec> => specOf(await settings({ cluster: "prod", ...flags }));

/** Another value than the default, as it is typed; undefined where the field's rule wants one of a form of its own. */
const forms: Partial<Record<FieldName, string | readonly string[]>> = {
  keysAgeRecipients: ["age1qqq"],
  keysKubernetesSecret: "custody/keys",
  keysHolders: ["alice=file:/a"],
  set: ["a=b"],
  operatorSet: ["a=b"],
  vaultAddr: "https://vault.example.com",
  consumerVaultAddr: "https://vault.example.com",
  vaultNodes: ["https://node.example.com"],
  chartRepo: "https://charts.example.com",
  operatorChartRepo: "https://charts.example.com",
  storageSize: "1Gi",
  vaultLogin: "k8s-hub/other",
  auditFile: "/vault/audit/other.log",
  adminTokenPeriod: "1234h",
};

function another(name: FieldName): string | boolean | readonly string[] {
  const { type, default: existing } = table[name];
  const form = forms[name];
  if (form !== undefined) return form;
  if (type === "boolean") return existing !== true;
  if (type === "integer") return "2";
  if (type === "duration") return "1234s";
  if (type === "list" || type === "pathList") return ["other"];
  return typeof type === "object" ? type.oneOf.find((one) => one !== existing)! : "other";
}

/** What the command line does by itself: where settings come from, and how the terminal is used. */
const ofTheCommandLine: readonly FieldName[] = ["config", "color", "noInput"];
/** They show only beside another one. */
const beside: Partial<Record<FieldName, Flags>> = {
  auditFile: { audit: "file" },
  refreshInterval: { secrets: ["db"] },
  install: { vaultAddr: "https://vault.example.com" },
};

describe("the spec", () => {
  it.each(fieldNames.filter((name) => !ofTheCommandLine.includes(name)))("holds %s", async (name) => {
    const flags = beside[name] ?? {};
    expect(await spec({ ...flags, [name]: another(name) })).not.toEqual(await spec(flags));
  });

  it.each(ofTheCommandLine)("knows nothing of %s", async (name) => {
    expect(await spec({ [name]: another(name) })).toEqual(await spec());
  });

  it("has durations in one unit, and names as Vault keeps them", async () => {
    const {
      run,
      vault: { tls, keys },
      consumers: [consumer],
    } = await spec({
      timeout: "90s",
      tlsDuration: "1d",
      tokenTtl: "1h30m",
      keysCommandTimeout: "2s",
      refreshInterval: "90s",
      secrets: ["db"],
    });
    expect([run.timeoutMs, tls.validMs, keys.commandTimeoutMs]).toEqual([90_000, 86_400_000, 2_000]);
    expect(consumer?.login).toMatchObject({ role: "external-secrets", tokenTtlSeconds: 5400, tokenMaxTtlSeconds: 86_400 });
    expect(consumer?.secrets[0]?.refreshInterval).toBe("1m30s");
  });

  it("says whose Vault it is", async () => {
    const { vault: at } = await spec({ vaultAddr: "https://vault.example.com" });
    expect([at.isOwn, at.address]).toEqual([false, "https://vault.example.com"]);
    expect((await spec({ vaultContext: "hub" })).vault.isOwn).toBe(false);
    const { vault: own } = await spec({ vaultAddr: "https://vault.example.com", install: true });
    expect([own.isOwn, own.address]).toEqual([true, undefined]);
  });

  it("says who makes the certificate", async () => {
    expect((await spec()).vault.tls.certificate).toEqual({ kind: "own" });
    expect((await spec({ tlsSecret: "mine" })).vault.tls.certificate).toEqual({ kind: "given", secret: "mine" });
    expect((await spec({ tlsIssuer: "ca" })).vault.tls.certificate).toEqual({ kind: "issued", issuer: "ca" });
  });

  it("puts the store and the secrets where they belong", async () => {
    const [whole] = (await spec({ namespace: "shop", secrets: ["db=team/db#user"] })).consumers;
    expect(whole?.stores).toEqual([{ kind: "ClusterSecretStore", name: "vault", namespace: undefined, allowedNamespaces: [] }]);
    expect(whole?.secrets).toMatchObject([{ name: "db", path: "team/db", keys: ["user"], namespace: "shop", store: { name: "vault" } }]);
    const [near] = (await spec({ namespace: "shop", storeKind: "SecretStore" })).consumers;
    expect(near?.stores).toEqual([{ kind: "SecretStore", name: "vault", namespace: "shop", allowedNamespaces: [] }]);
  });

  it("is made without a cluster too: names that are made of the cluster's are empty", async () => {
    const { cluster, wiring, consumers } = specOf(await settings({ vaultAddr: "https://vault.example.com" }));
    expect([cluster, wiring.authMount, wiring.policy.name, wiring.kv.prefix, consumers[0]?.login.policies]).toEqual([
      undefined,
      "",
      "",
      "",
      [],
    ]);
  });
});

describe("NAME[=PATH][#KEY,…]", () => {
  it("is read", () => {
    expect(parseSecretSpec("db")).toEqual({ name: "db", path: "db", keys: [] });
    expect(parseSecretSpec("db=team/db")).toEqual({ name: "db", path: "team/db", keys: [] });
    expect(parseSecretSpec("db=team/db#user,password")).toEqual({ name: "db", path: "team/db", keys: ["user", "password"] });
    expect(parseSecretSpec("db#user")).toEqual({ name: "db", path: "db", keys: ["user"] });
  });
  it.each(["", "DB", "db=", "db=a//b", "db=../x", "db=a/./b", "-db"])("%j is refused", (text) => {
    expect(() => parseSecretSpec(text)).toThrow("does not name a secret");
  });
});
