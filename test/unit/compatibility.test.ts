import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compatibility, compatibilityPage } from "../../scripts/docs/compatibility.ts";
import { suites } from "../../scripts/test/suites.ts";
import { everyProfile } from "../fakes/vault/profile.ts";
import { recipes } from "../lab/build/recipes.ts";

const root = join(import.meta.dirname, "../..");

describe("docs/compatibility.md", () => {
  const seen = compatibility.filter(({ proof }) => proof !== "docs");

  it("calls seen what a test runs, and promised what none does", () => {
    for (const { system, proof, tests } of compatibility) expect(tests.length > 0, system).toBe(proof !== "docs");
  });

  it.each(seen.flatMap(({ tests }) => tests))("names a test that is there and is run: %s", (file) => {
    expect(readFileSync(join(root, file), "utf8")).toMatch(/^import .* from "vitest";$/m);
    const [, suite] = /suites\/(.+)\.lab\.test\.ts$/.exec(file) ?? [];
    if (suite !== undefined) expect(suites.map(({ name }) => name)).toContain(suite);
  });

  it("has every version that the lab runs of what the product talks to, and every server that is played", () => {
    const versions = seen.map(({ versions }) => versions);
    const talkedTo = recipes.filter(({ component }) => ["kubernetes", "vault", "helm4", "helm3", "external-secrets"].includes(component));
    expect(versions).toEqual(expect.arrayContaining(talkedTo.map(({ version }) => version)));
    const [played, others] = [everyProfile.map(({ version }) => version), recipes.map(({ version }) => version)];
    expect(versions).toEqual(expect.arrayContaining(played.filter((version) => !others.includes(version))));
    for (const version of versions) expect(compatibilityPage()).toContain(version);
  });

  it("is named in the README", () => expect(readFileSync(join(root, "README.md"), "utf8")).toContain("(docs/compatibility.md)"));
});
