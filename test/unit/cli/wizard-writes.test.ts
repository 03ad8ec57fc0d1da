import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configText } from "../../../src/cli/commands/init/file.ts";
import { writeConfig } from "../../../src/cli/commands/config-file/write.ts";
import { configSchema } from "../../../src/config/schema.ts";
import { CliError } from "../../../src/core/errors.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "vault-k8s-writes-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const schema = (): string => join(folder, "vault-k8s.schema.json");
const config = (text?: string): Parameters<typeof writeConfig>[0] =>
  ({ file: join(folder, "vault-k8s.yaml"), shown: "vault-k8s.yaml", text, top: {}, hasClusters: false, cluster: () => ({}) }) as const;
const anew = (): string => configText(undefined, "shop", { cluster: "shop" });

test("the schema that the file names stands beside it", () => {
  writeConfig(config(), anew());
  expect(JSON.parse(readFileSync(schema(), "utf8"))).toEqual(configSchema());
  expect(readdirSync(folder).toSorted()).toEqual(["vault-k8s.schema.json", "vault-k8s.yaml"]);
});

test("a schema of an older version is replaced", () => {
  writeFileSync(schema(), JSON.stringify({ $id: configSchema()["$id"], title: "older" }));
  writeConfig(config(), anew());
  expect(JSON.parse(readFileSync(schema(), "utf8"))).toEqual(configSchema());
});

test.each(['{ "$id": "https://example.org/other" }', "null", "not JSON"])("a file that is something else is left alone: %s", (text) => {
  writeFileSync(schema(), text);
  writeConfig(config(), anew());
  expect(readFileSync(schema(), "utf8")).toBe(text);
});

test("a file that names no schema gets none", () => {
  writeFileSync(config().file, "cluster: shop\n");
  writeConfig(config("cluster: shop\n"), configText("cluster: shop\n", "shop", { cluster: "shop", namespace: "web" }));
  expect(readdirSync(folder)).toEqual(["vault-k8s.yaml"]);
});

test("a file that somebody changed meanwhile is left alone", () => {
  writeFileSync(config().file, "cluster: other\n");
  expect(() => writeConfig(config("cluster: shop\n"), anew())).toThrow(CliError);
  expect(() => writeConfig(config(), anew())).toThrow("changed by somebody else");
  expect(readFileSync(config().file, "utf8")).toBe("cluster: other\n");
  expect(readdirSync(folder)).toEqual(["vault-k8s.yaml"]);
});
