import { readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages } from "../../scripts/docs/pages.ts";
import { commands } from "../../src/cli/commands/table.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { kinds } from "../../src/errors.ts";
import { exitCodes } from "../../src/core/errors.ts";

const docs = join(import.meta.dirname, "../../docs");
const read = (file: string): string => readFileSync(join(docs, file), "utf8");

describe("pages that are made from the code", () => {
  it("are up to date (npm run docs makes them anew)", async () => {
    const made = pages();
    for (const [file, text] of made) expect(read(file), file).toBe(text);
    expect(readdirSync(join(docs, "commands")).sort()).toEqual(
      [...made.keys()]
        .filter((file) => file.startsWith("commands/"))
        .map((file) => file.slice("commands/".length))
        .sort(),
    );
  });

  it("hold an example that the tool reads", () => {
    const yaml = /```yaml\n([^]*?)```/.exec(read("settings.md"))?.[1] ?? "";
    const { top, clusters } = parseConfig(yaml, "example");
    expect(top.size).toBeGreaterThan(0);
    expect([...clusters.keys()]).toEqual(["eks-prod", "eks-staging"]);
  });
});

describe("docs/errors.md", () => {
  const sections = read("errors.md").split(/^## /m).slice(1);

  it("has a section for every failure, in order, with its title", () => {
    const wanted = Object.values(kinds)
      .map(({ code, title }) => `${code} ${title}`)
      .sort();
    expect(sections.map((section) => section.split("\n")[0] ?? "")).toEqual(wanted);
  });

  it.each(sections.map((section) => [section.split("\n")[0] ?? "", section] as const))(
    "says what it means and what to do: %s",
    (_, section) => {
      expect(section.split(/\s+/).length).toBeGreaterThan(20);
    },
  );
});

describe("the table of failures", () => {
  it("has each code once, and only exit codes of the table", () => {
    const all = Object.values(kinds);
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
    for (const { exit } of all) expect(Object.values(exitCodes)).toContain(exit);
  });
});

describe("docs/security.md", () => {
  const named = [...read("security.md").matchAll(/`(test\/[^`\s]+)`/g)].map(([, file]) => file!);

  it.each([...new Set(named)])("names a test that is there: %s", (file) => {
    const [folder, name] = [dirname(join(docs, "..", file)), basename(file)];
    const fits = (one: string): boolean => (name.includes("*") ? one.startsWith(name.split("*")[0]!) : one === name);
    expect(readdirSync(folder).some(fits)).toBe(true);
  });
});

describe("links", () => {
  const files = readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  const anchors = (file: string): Set<string> =>
    new Set(
      [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        heading
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, "")
          .replaceAll(" ", "-"),
      ),
    );

  it.each(files)("of %s lead somewhere", (file) => {
    for (const [, target = "", anchor] of read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const place = target === "" ? file : join(file, "..", target);
      expect(anchor === undefined ? [read(place).length > 0] : [...anchors(place)], `${file}: ${target}#${anchor ?? ""}`).toContain(
        anchor ?? true,
      );
    }
  });
});

describe("man pages", () => {
  const files = readdirSync(join(docs, "man"));

  it("are one for the tool and one for each command, where npm looks for them", () => {
    expect(files.sort()).toEqual(["vault-k8s.1", ...commands.map(({ name }) => `vault-k8s-${name.replaceAll(" ", "-")}.1`)].sort());
    expect(JSON.parse(readFileSync(join(docs, "../package.json"), "utf8"))).toMatchObject({ directories: { man: "docs/man" } });
  });

  it.each(files)("%s has the parts that every page has, and only macros that man knows", (file) => {
    const lines = read(`man/${file}`).split("\n");
    for (const part of ["NAME", "SYNOPSIS", "EXIT STATUS"]) expect(lines).toContain(`.SH "${part}"`);
    expect(lines.filter((line) => line.startsWith(".")).filter((line) => !/^\.(\\"|TH|SH|TP|PP|B|I|BR)( |$)/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith("'") || /[^\x20-\x7e]/.test(line))).toEqual([]);
  });
});
