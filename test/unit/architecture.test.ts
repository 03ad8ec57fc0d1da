import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

interface Import {
  readonly from: string;
  readonly to: string;
  /** Types leave no trace in the program. */
  readonly typeOnly: boolean;
}

const folderOf = (file: string): string => (file.includes("/") ? (file.split("/")[0] ?? "") : "");

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), "utf8");
  const found = [...text.matchAll(/^(import|export)( type)?[^;]*? from "(\.[^"]+)";|import\("(\.[^"]+)"\)/gm)];
  return found.map(([, , type, plain, lazy]) => ({
    from: file,
    to: relative(src, resolve(dirname(join(src, file)), plain ?? lazy ?? "")),
    typeOnly: type !== undefined,
  }));
}

const imports = files.flatMap(importsOf).filter(({ to }) => to !== "../package.json");

/** What each folder may import, besides itself and errors.ts. Types of the settings and of the world may be named everywhere below. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ["core"],
  clients: ["core", "config"],
  resources: ["core", "clients"],
  checks: ["core", "clients", "resources"],
  steps: ["core", "config", "clients", "resources", "checks"],
  ui: ["core", "config"],
  export: ["core", "config", "clients", "resources"],
  commands: ["core", "config", "clients", "resources", "checks", "steps", "export", "ui"],
};

describe("imports point one way", () => {
  it("and are found", () => expect(imports.length).toBeGreaterThan(250));

  it.each(Object.keys(allowed))("from %s", (folder) => {
    const wrong = imports
      .filter(
        ({ from, to, typeOnly }) =>
          folderOf(from) === folder &&
          !typeOnly &&
          folderOf(to) !== folder &&
          folderOf(to) !== "" &&
          !allowed[folder]?.includes(folderOf(to)),
      )
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it("core knows nothing of the rest, not even as types", () => {
    expect(imports.filter(({ from, to }) => folderOf(from) === "core" && folderOf(to) !== "core")).toEqual([]);
  });

  it("steps, resources and checks know the clients by their types only, and ask the world nothing but through them", () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        ["steps", "resources", "checks"].includes(folderOf(from)) && folderOf(to) === "clients" && !typeOnly && !/world|words/.test(to),
    );
    expect(wrong).toEqual([]);
  });

  it("nothing imports the command line", () => {
    expect(imports.filter(({ to }) => ["main.ts", "program.ts"].includes(to)).map(({ from }) => from)).toEqual(["main.ts"]);
  });
});

describe("words that say nothing", () => {
  it("are no names of files", () => {
    expect(files.filter((file) => /(^|[/.-])(utils?|helpers?|manager|common|misc)([/.-]|$)/.test(file))).toEqual([]);
  });
});

describe("the process", () => {
  it("is ended in one place", () => {
    const texts = files.filter((file) => /process\.exit\(/.test(readFileSync(join(src, file), "utf8")));
    expect(texts).toEqual(["main.ts"]);
  });
});
