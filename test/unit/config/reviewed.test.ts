import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfigFile } from "../../../src/config/file.ts";
import { table } from "../../../src/config/keys.ts";
import { reviewedChanges, reviewedFields } from "../../../src/config/reviewed.ts";
import { steeringFields } from "../../../src/config/steering.ts";
import { folder } from "./folder.ts";

type Files = Readonly<Record<string, string>>;

async function checkout(files: Files) {
  const root = await folder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return (await loadConfigFile(join(root, "vault-k8s.yaml"), root))!;
}

const changes = async (base: Files, head: Files) => await reviewedChanges(await checkout(base), await checkout(head));
const yaml = (text: string): Files => ({ "vault-k8s.yaml": text });

describe("the settings that want a review", () => {
  it("are those that steer, those that choose where tokens go, and every file that is read", () => {
    const keys = reviewedFields.map((name) => table[name].key);
    expect(reviewedFields).toEqual(expect.arrayContaining([...steeringFields]));
    for (const key of [
      "cluster",
      "context",
      "auth.kubernetesHost",
      "vault.installNamespace",
      "vault.release",
      "policy.file",
      "keys.pgpKeys",
    ])
      expect(keys).toContain(key);
    for (const key of [undefined, "namespace", "secrets", "role.tokenTtl", "vault.chartVersion", "vault.replicas"])
      expect(keys).not.toContain(key);
  });

  it("are compared at the top and of each cluster, new, changed and gone", async () => {
    const found = await changes(
      yaml("helm: h\nclusters: { a: { vault: { addr: https://a:8200 } } }\n"),
      yaml("operator: { set: [a=b] }\nclusters: { a: { vault: { addr: https://b:8200 } }, c: { keys: { command: send } } }\n"),
    );
    expect(Object.fromEntries(found.map(({ key, before, after }) => [key, [before, after]]))).toEqual({
      helm: ["h", undefined],
      "operator.set": [undefined, ["a=b"]],
      "clusters.a.vault.addr": ["https://a:8200", "https://b:8200"],
      "clusters.c.keys.command": [undefined, "send"],
    });
  });

  it("leave every other setting alone, wherever it stands", async () => {
    const base = "helm: h\nrole: { tokenTtl: 1h }\n";
    expect(await changes(yaml(base), yaml("# said\nrole: { tokenTtl: 2h }\nclusters: { a: { namespace: x } }\nhelm: h\n"))).toEqual([]);
  });
});

describe("a file that both name", () => {
  const named = yaml("vault: { chart: ./chart, values: [values.yaml] }\npolicy: { file: read.hcl }\n");
  const whole: Files = {
    ...named,
    "values.yaml": "a: 1\n",
    "read.hcl": "x",
    "chart/Chart.yaml": "name: c\n",
    "chart/templates/a.yaml": "a",
  };

  it("is the same where it says the same", async () => expect(await changes(whole, whole)).toEqual([]));

  it.each<[string, Files]>([
    ["vault.values", { "values.yaml": "a: 2\n" }],
    ["policy.file", { "read.hcl": "y" }],
    ["vault.chart", { "chart/templates/a.yaml": "b" }],
    ["vault.chart", { "chart/templates/b.yaml": "new" }],
  ])("is a change of %s where it does not: %j", async (key, changed) => {
    expect(await changes(whole, { ...whole, ...changed })).toEqual([expect.objectContaining({ key, content: true })]);
  });

  it("is a change where only one of them has it", async () => {
    const { "values.yaml": _, ...without } = whole;
    expect(await changes(without, whole)).toEqual([expect.objectContaining({ key: "vault.values", content: true })]);
  });
});
