import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Call } from "../../../src/cli/commands/command.ts";
import { withSettings } from "../../../src/cli/commands/config-file/add.ts";
import { sorted, type Sorted } from "../../../src/cli/commands/config-file/kept.ts";
import { saveLine } from "../../../src/cli/commands/config-file/save-line.ts";
import { commands } from "../../../src/cli/commands/table.ts";
import { runFields } from "../../../src/config/field-groups.ts";
import type { Field } from "../../../src/config/field.ts";
import type { FieldName } from "../../../src/config/fields.ts";
import { fieldNames, table } from "../../../src/config/keys.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import type { Flags } from "../../../src/config/sources.ts";
import { folder } from "../config/folder.ts";

const callWith = (flags: Flags, cwd: string): Call => ({ flags, commands, host: { cwd, env: {} } }) as unknown as Call;

/** Saves settings into the file of a folder, and gives its text. */
async function saved(flags: Flags, given: { text?: string; cwd?: string } = {}): Promise<Sorted & { text: string; cwd: string }> {
  const { text, cwd = await folder() } = given;
  const file = join(cwd, "vault-k8s.yaml");
  if (text !== undefined) writeFileSync(file, text);
  const found = await sorted(callWith(flags, cwd), file, text !== undefined);
  const written = withSettings(text, typeof flags.cluster === "string" ? flags.cluster : undefined, found.kept);
  writeFileSync(file, written);
  return { ...found, text: written, cwd };
}

const special: Partial<Record<FieldName, string | readonly string[]>> = {
  vaultAddr: "https://vault.example.com",
  consumerVaultAddr: "https://vault.example.com",
  vaultNodes: ["https://a.example.com:8200"],
  kubernetesHost: "https://api.example.com",
  vaultLogin: "k8s-hub/fleet",
  chartRepo: "https://charts.example.com",
  operatorChartRepo: "https://charts.example.com",
  set: ["server.logLevel=debug"],
  operatorSet: ["replicaCount=2"],
  storageSize: "20Gi",
  keysAgeRecipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
  keysKubernetesSecret: "vault/keys",
  keysHolders: ["a=command:cat"],
  auditFile: "/vault/audit/other.log",
  adminTokenPeriod: "48h",
  secrets: ["db", "web=team/web#user"],
};

function sample(name: FieldName): string | boolean | readonly string[] {
  const { type, default: preset, min = 1 }: Field = table[name];
  if (name in special) return special[name] ?? "";
  if (type === "boolean") return preset !== true;
  if (type === "integer") return String(min + 1);
  if (type === "duration") return "47h";
  if (typeof type === "object") return type.oneOf.find((each) => each !== preset) ?? "";
  return type === "list" || type === "pathList" ? ["one", "two"] : "one";
}

describe("config save", () => {
  const keyed = fieldNames.filter((name) => table[name].key !== undefined && name !== "cluster" && !runFields.includes(name));

  it.each(keyed)("%s of the file counts as it did on the command line", async (name) => {
    const flags = { cluster: "shop", [name]: sample(name) };
    const { cwd, kept, secret, placeless } = await saved(flags);
    expect({ kept: kept.map((each) => each.name).sort(), secret, placeless }).toEqual({
      kept: ["cluster", name].sort(),
      secret: [],
      placeless: [],
    });
    const typed = await resolveSettings({ flags, env: {}, cwd, noFile: true });
    expect((await resolveSettings({ flags: {}, env: {}, cwd })).settings).toEqual(typed.settings);
  });

  it("keeps comments and what else the file says, and writes no default and nothing twice", async () => {
    const text = "# mine\ncluster: shop # the shop\nvault:\n  replicas: 5\n";
    const { text: after, kept } = await saved({ cluster: "shop", kvMount: "kv", replicas: "5", release: "hub" }, { text });
    expect(kept.map(({ name }) => name)).toEqual(["release"]);
    expect(after).toContain("# mine\ncluster: shop # the shop\n");
    expect(after).toMatch(/replicas: 5\n.*\n {2}release: hub\n/);
  });

  it("says a default where the file says something else", async () => {
    const { text } = await saved({ cluster: "shop", replicas: "3" }, { text: "cluster: shop\nvault:\n  replicas: 5\n" });
    expect(text).toContain("replicas: 3");
  });

  it("puts settings into the cluster's own part, where there are such parts or the file is about another cluster", async () => {
    const parts = await saved({ cluster: "b", kvMount: "team" }, { text: "clusters:\n  a: {}\n" });
    expect(parts.text).toMatch(/clusters:\n {2}a: {}\n {2}b:\n {4}kv:\n {6}#.*\n {6}mount: team\n/);
    const { cwd } = await saved({ cluster: "b", kvMount: "team" }, { text: "cluster: a\nkv:\n  prefix: x/\n" });
    const a = await resolveSettings({ flags: {}, env: {}, cwd });
    expect([a.settings.cluster, a.settings.kvMount, a.clusters]).toEqual(["a", "kv", ["a", "b"]]);
    expect((await resolveSettings({ flags: { cluster: "b" }, env: {}, cwd })).settings.kvMount).toBe("team");
  });

  it("paths lead to the same file from the file's folder", async () => {
    const cwd = await folder();
    const { text } = await saved({ cluster: "shop", values: ["./v.yaml", "/etc/v.yaml"], chart: "./charts/vault" }, { cwd });
    expect(text).toContain("- v.yaml\n    - /etc/v.yaml");
    expect(text).toContain("chart: ./charts/vault");
  });

  it("writes nothing that looks like a secret, and names it", async () => {
    const canary = "canary-save-81f0a2c4d7";
    const { secret, placeless, text } = await saved({
      cluster: "shop",
      set: ["server.logLevel=debug", `server.extraEnvironmentVars.DB_PASSWORD=${canary}`],
      keysCommand: `store --token ${canary}`,
      tlsRenew: true,
      yes: true,
    });
    expect(secret).toEqual(["--set server.extraEnvironmentVars.DB_PASSWORD", "--keys-command"]);
    expect(placeless).toEqual(["--tls-renew"]);
    expect(text).toContain("- server.logLevel=debug");
    expect(text + secret.join()).not.toContain(canary);
  });
});

describe("the line that keeps the settings of a bootstrap", () => {
  const line = async (flags: Flags, text?: string, interactive = true): Promise<readonly string[]> => {
    const cwd = await folder();
    if (text !== undefined) writeFileSync(join(cwd, "vault-k8s.yaml"), text);
    return await saveLine(callWith(flags, cwd), { interactive });
  };

  it("says what no file holds, and no secret", async () => {
    const flags = { cluster: "shop", kvMount: "team", release: "vault", yes: true, set: ["a.password=x", "b=c"], antiAffinity: false };
    expect(await line(flags)).toEqual(["vault-k8s config save --cluster shop --set b=c --no-anti-affinity --kv-mount team"]);
    expect(await line(flags, "kv:\n  mount: team\n")).toEqual(["vault-k8s config save --cluster shop --set b=c --no-anti-affinity"]);
  });

  it("is not there where the file holds all, for the cluster's name alone, and without a terminal", async () => {
    expect(await line({ cluster: "shop", kvMount: "team" }, "cluster: shop\nkv:\n  mount: team\n")).toEqual([]);
    expect(await line({ cluster: "shop" })).toEqual([]);
    expect(await line({ cluster: "shop", kvMount: "team" }, undefined, false)).toEqual([]);
  });
});
