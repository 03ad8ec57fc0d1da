import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/table.ts";
import { golden, vaultK8s } from "./product.ts";

const names = ["", ...commands.map(({ name }) => name), "operator"];

describe("help", () => {
  it.each(names)("of '%s' is what it was, and fits 80 columns", async (name) => {
    const { exitCode, stdout, stderr } = await vaultK8s([...name.split(" ").filter(Boolean), "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
    golden(`help/${name === "" ? "vault-k8s" : name.replaceAll(" ", "-")}.txt`, stdout);
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
