import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

describe("words that say nothing", () => {
  it("are no names of files", () => {
    expect(files.filter((file) => /(^|[/.-])(utils?|helpers?|manager|common|misc)([/.-]|$)/.test(file))).toEqual([]);
  });
});

describe("the process", () => {
  it("is ended in one place", () => {
    const texts = files.filter((file) => /process\.exit\(/.test(readFileSync(join(src, file), "utf8")));
    expect(texts).toEqual(["cli/main.ts"]);
  });
});
