import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shellText } from "../../../src/core/shell-text.ts";

const templates = join(import.meta.dirname, "../../../templates");

describe("a text of a shell in templates/", () => {
  it.each(globSync("**/*.sh", { cwd: templates }))("%s is one that sh can read", (file) =>
    expect(spawnSync("sh", ["-n", join(templates, file)], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" }),
  );

  it("takes a value as a word, several as words, and code as it stands", () => {
    const nodes = ["http://a:8200", "$(touch x) it's"];
    const lines = `${shellText("script/addresses.sh", { nodes, active: { code: ":" } })}\nnodes`;
    expect(spawnSync("sh", ["-c", lines], { encoding: "utf8" }).stdout).toBe(`${nodes.join("\n")}\n`);
  });

  it("has a value for each name", () => {
    expect(readFileSync(join(templates, "vault/unseal.sh"), "utf8")).toContain("${seconds}");
    expect(() => shellText("vault/unseal.sh")).toThrow(/names seconds, which has no value/);
  });
});
