import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { canonical } from "../../../src/config/duration.ts";
import { interpolate } from "../../../src/config/interpolate.ts";
import { allKeys, fieldNames, table } from "../../../src/config/keys.ts";
import { nearest } from "../../../src/config/nearest.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { splitSecretSpec } from "../../../src/config/rules.ts";
import { CliError } from "../../../src/core/errors.ts";
import { isDuration, milliseconds } from "../../../src/core/duration.ts";
import { folder } from "./folder.ts";

/** Reading may refuse, but only with an explanation. */
function explained(yaml: string): boolean {
  try {
    parseConfig(yaml, "vault-k8s.yaml");
    return true;
  } catch (error) {
    return error instanceof CliError;
  }
}

async function explainedFile(yaml: string, cwd: string): Promise<boolean> {
  await writeFile(join(cwd, "vault-k8s.yaml"), yaml);
  return await resolveSettings({ flags: {}, env: {}, cwd }).then(
    () => true,
    (error: unknown) => error instanceof CliError,
  );
}

const key = fc.constantFrom(...new Set([...allKeys().flatMap((each) => each.split(".")), "clusters", "prod", "__proto__", "constructor"]));
const nested = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("map"),
  ),
  map: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
}));

describe("laws of the configuration", () => {
  it("whatever the file holds, what is thrown is explained", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."{}[]:-,&*!|>'\"%@#? \n\tab<") })),
        explained,
      ),
      { numRuns: 300 },
    );
  });

  it("whatever values stand at the known keys, what is thrown is explained", async () => {
    const cwd = await folder();
    await fc.assert(
      fc.asyncProperty(nested.map, async (value) => explainedFile(stringify(value), cwd)),
      { numRuns: 200 },
    );
  });

  it("whatever the flags say, what is thrown is explained", async () => {
    const cwd = await folder();
    const flags = fc.dictionary(
      fc.constantFrom(...fieldNames.filter((name) => name !== "config")),
      fc.oneof(fc.string(), fc.array(fc.string())),
    );
    await fc.assert(
      fc.asyncProperty(flags, async (given) =>
        resolveSettings({ flags: given, env: {}, cwd }).then(
          () => true,
          (error: unknown) => error instanceof CliError,
        ),
      ),
      { numRuns: 300 },
    );
  });

  it("a duration keeps its length, and stays as it is once it is canonical", () => {
    const text = fc
      .array(fc.tuple(fc.nat({ max: 9999 }), fc.constantFrom("ms", "s", "m", "h", "d")), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.map(([count, unit]) => `${count}${unit}`).join(""));
    fc.assert(
      fc.property(fc.oneof(text, fc.nat().map(String)), (duration) => {
        const once = canonical(duration);
        expect(isDuration(once)).toBe(true);
        expect(milliseconds(once)).toBeCloseTo(milliseconds(duration), 3);
        expect(canonical(once)).toBe(once);
        expect(once).not.toMatch(/d|^\d+$/);
      }),
    );
  });

  it("a template with all its names filled in holds no placeholder; with one missing it has no value", () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1 }),
        fc.string().filter((text) => !text.includes("$")),
        (names, value) => {
          const template = names.map((each) => `\${${each}}`).join("/");
          expect(interpolate(template, () => value)).toBe(names.map(() => value).join("/"));
          expect(interpolate(template, (each) => (each === names[0] ? undefined : value))).toBeUndefined();
        },
      ),
    );
  });

  it("a word that is there is the nearest to itself", () => {
    fc.assert(fc.property(fc.constantFrom(...allKeys()), (each) => nearest(each, allKeys()) === each));
  });

  it("the parts of a secret make the secret again", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
    fc.assert(
      fc.property(word, fc.option(word), fc.option(fc.array(word, { minLength: 1 })), (name, path, keys) => {
        const text = `${name}${path === null ? "" : `=${path}`}${keys === null ? "" : `#${keys.join(",")}`}`;
        expect(splitSecretSpec(text)).toEqual({ name, path: path ?? undefined, keys: keys ?? undefined });
      }),
    );
  });
});

describe("the table of settings", () => {
  it("has no flag, short flag, variable or key twice", () => {
    const all = fieldNames.map((name) => table[name]);
    for (const of of [
      all.map(({ flag }) => flag),
      all.flatMap(({ short }) => short ?? []),
      all.flatMap(({ env = [] }) => env),
      all.flatMap(({ key: each }) => each ?? []),
    ])
      expect(new Set(of).size).toBe(of.length);
  });

  it("has no key that is both a value and a group", () => {
    const keys = allKeys();
    for (const each of keys) expect(keys.filter((other) => other.startsWith(`${each}.`))).toEqual([]);
  });
});
