import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { fieldNames, table } from "../../../src/config/keys.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import { configSchema } from "../../../src/config/schema.ts";

const root = join(import.meta.dirname, "../../..");
const check = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(configSchema());

/** Blocks of YAML in the docs that are a vault-k8s.yaml, no object of Kubernetes and no pipeline: the tool reads them. */
function examples(): [string, string][] {
  const files = ["README.md", ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`)];
  return files
    .filter((name) => name.endsWith(".md"))
    .flatMap((name) =>
      [...readFileSync(join(root, name), "utf8").matchAll(/```yaml\n([^]*?)```/g)].map(([, text = ""]): [string, string] => [name, text]),
    )
    .filter(([, text]) => !/^(apiVersion|- apiVersion|jobs|include):/m.test(text));
}

describe("the schema of vault-k8s.yaml", () => {
  it.each(examples())("takes the example in %s", (name, text) => {
    parseConfig(text, name);
    expect(check(parse(text)), JSON.stringify(check.errors)).toBe(true);
  });

  it("is found in examples", () => expect(examples().length).toBeGreaterThan(0));

  it.each([
    ["a key that is not known", "vault:\n  adr: https://v\n"],
    ["a switch that is a text", 'vault:\n  ui: "yes"\n'],
    ["a number that is out of bounds", "vault:\n  replicas: 0\n"],
    ["a choice that is none", "operator:\n  kind: other\n"],
    ["a list that is a text", "secrets: db\n"],
    ["a cluster in a cluster", "clusters:\n  a:\n    cluster: b\n"],
    ["a name that no cluster may have", "clusters:\n  A/B: {}\n"],
    ["a secret without a name", "secrets:\n  - path: a\n"],
    ["a duration that is none", "role:\n  tokenTtl: soon\n"],
  ])("refuses %s", (_, text) => expect(check(parse(text))).toBe(false));

  it.each(["{}", "vault:\n", "clusters:\n  a:\n", "clusters:\n  a: {}\n", "vault:\n  chartVersion: 1.20\n", "role:\n  tokenTtl: 90\n"])(
    "takes %j, as the tool does",
    (text) => {
      parseConfig(text, "file");
      expect(check(parse(text)), JSON.stringify(check.errors)).toBe(true);
    },
  );

  it("knows every key of the table, with what it means", () => {
    type Node = { properties?: Record<string, Node>; description?: string };
    for (const key of fieldNames.flatMap((name) => table[name].key ?? [])) {
      const found = key.split(".").reduce<Node | undefined>((node, part) => node?.properties?.[part], configSchema() as Node);
      expect(found?.description, key).toBeTruthy();
    }
  });
});
