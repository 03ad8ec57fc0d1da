import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/table.ts";
import { fieldsOf } from "../../src/cli/commands/own-fields.ts";
import type { Field } from "../../src/config/field.ts";
import { runFields, targetFields } from "../../src/config/field-groups.ts";
import { fieldNames, table } from "../../src/config/keys.ts";
import { golden, vaultK8s } from "./product.ts";

const bootstrap = commands.find(({ name }) => name === "bootstrap")!;
const names = ["", ...commands.map(({ name }) => name), "operator"];

describe("help", () => {
  it.each(names)("of '%s' is what it was, and fits 80 columns", async (name) => {
    const { exitCode, stdout, stderr } = await vaultK8s([...name.split(" ").filter(Boolean), "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
    golden(`help/${name === "" ? "vault-k8s" : name.replaceAll(" ", "-")}.txt`, stdout);
  });

  it("of bootstrap fits two screens of 24 lines, and --help-all has every flag of it", async () => {
    const { stdout } = await vaultK8s(["bootstrap", "--help"]);
    expect(stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(48);
    const all = await vaultK8s(["bootstrap", "--help-all"]);
    expect(all.stdout.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
    for (const name of [...fieldsOf(bootstrap), ...targetFields, ...runFields])
      expect(all.stdout, name).toMatch(new RegExp(`^  (-., )?--(no-)?${table[name].flag}\\b`, "m"));
    golden("help/bootstrap-all.txt", all.stdout);
  });

  it("of every option says what --no-x does, not what x does", () => {
    for (const name of fieldNames) {
      const { type, key, default: preset, off, help }: Field = table[name];
      const shown = type === "boolean" && key !== undefined && preset === true;
      expect(off !== undefined && off !== help, name).toBe(shown);
    }
  });

  it.each([
    ["help", "secret", "put"],
    ["secret", "put", "-h"],
  ])("is the same by %s %s %s", async (...words) => {
    expect((await vaultK8s(words)).stdout).toBe((await vaultK8s(["secret", "put", "--help"])).stdout);
  });

  it("names every command on the first page", async () => {
    const { stdout } = await vaultK8s(["--help"]);
    for (const { name } of commands) expect(stdout).toContain(`  ${name.split(" ")[0]} `);
  });
});

describe("version", () => {
  it("is one line, and a document", async () => {
    expect((await vaultK8s(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await vaultK8s(["version"])).stdout).toMatch(/^vault-k8s \d+\.\d+\.\d+ \(Node\.js \d+\.\d+\.\d+\)\n$/);
    expect(JSON.parse((await vaultK8s(["version", "-o", "json"])).stdout)).toMatchObject({
      apiVersion: "vault-k8s.io/v1",
      kind: "Version",
    });
  });
});
