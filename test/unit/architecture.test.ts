import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import of a file: of values, of types, and those that are made when they are needed. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), "utf8");
  const found = [...text.matchAll(/^(?:import|export)(?: type)?[^;]*? from "(\.[^"]+)";|import\("(\.[^"]+)"\)/gm)];
  return found.map(([, plain, lazy]) => ({ from: file, to: relative(src, resolve(dirname(join(src, file)), plain ?? lazy ?? "")) }));
}

const imports = files.flatMap(importsOf).filter(({ to }) => !to.startsWith(".."));

/** From the bottom to the top: each may import what stands before it, and nothing behind. errors.ts is for all. */
const floors = ["core", "config", "systems", "kubernetes", "keys", "consumers", "wiring", "vault", "doctor", "run", "fleet", "cli"];
const floorOf = (file: string): number => floors.indexOf(file.split("/")[0] ?? "");

describe("imports point down, types too", () => {
  it("and are found", () => {
    expect(imports.length).toBeGreaterThan(1500);
    expect(files.filter((file) => floorOf(file) === -1)).toEqual(["errors.ts"]);
  });

  it.each(floors)("from %s", (folder) => {
    const up = imports
      .filter(({ from, to }) => from.startsWith(`${folder}/`) && to !== "errors.ts" && floorOf(to) > floorOf(from))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(up).toEqual([]);
  });

  it("core knows nothing of the rest", () => {
    expect(imports.filter(({ from, to }) => from.startsWith("core/") && !to.startsWith("core/"))).toEqual([]);
  });

  it("errors.ts, which all may import, imports the shape of an error alone", () => {
    expect(imports.filter(({ from }) => from === "errors.ts").map(({ to }) => to)).toEqual(["core/errors.ts"]);
  });

  it("the subjects know the wire by its types only, and ask the world nothing but through them", () => {
    const wire = /^systems\/(http|kube|helm|vault)\//;
    const subjects = /^(kubernetes|consumers|wiring|vault|doctor)\//;
    const types = new Map(files.map((file) => [file, readFileSync(join(src, file), "utf8")]));
    const asValue = ({ from, to }: Import): boolean =>
      [...(types.get(from) ?? "").matchAll(/^import(?! type)[^;]*? from "(\.[^"]+)";/gm)].some(
        ([, target = ""]) => relative(src, resolve(dirname(join(src, from)), target)) === to,
      );
    expect(imports.filter((one) => subjects.test(one.from) && wire.test(one.to) && asValue(one))).toEqual([]);
  });

  it("the flat settings are read by config/, the command line and the plan file; all others take parts of the spec", () => {
    const mayRead = /^(config|cli)\/|^run\/plan\//;
    expect(imports.filter(({ from, to }) => /^config\/fields(\/|\.ts$)/.test(to) && !mayRead.test(from)).map(({ from }) => from)).toEqual(
      [],
    );
  });

  it("nothing imports the command line", () => {
    expect(imports.filter(({ to }) => ["cli/main.ts", "cli/program.ts"].includes(to)).map(({ from }) => from)).toEqual(["cli/main.ts"]);
  });
});

/** The groups of nodes that reach each other (Tarjan). */
function circles(nodes: readonly string[], edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const [index, low, stack, found] = [new Map<string, number>(), new Map<string, number>(), [] as string[], [] as string[][]];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1 || edges.get(node)?.has(node) === true) found.push(group.sort());
  };
  for (const node of nodes) if (!index.has(node)) visit(node);
  return found;
}

function graph(edges: readonly Import[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { from, to } of edges) found.set(from, (found.get(from) ?? new Set()).add(to));
  return found;
}

/** A subject of vault/ or wiring/, a kind of consumer, and what else is a folder of its own in docs/architecture.md. */
const subjectOf = (file: string): string => {
  const [floor = "", room = ""] = file.split("/");
  return ["vault", "wiring", "systems"].includes(floor) && !room.endsWith(".ts") ? `${floor}/${room}` : floor;
};

describe("no circle, types included", () => {
  it("is seen where there is one", () => {
    expect(
      circles(
        ["a", "b", "c"],
        graph([
          { from: "a", to: "b" },
          { from: "b", to: "a" },
          { from: "c", to: "a" },
        ]),
      ),
    ).toEqual([["a", "b"]]);
  });

  it("between files", () => expect(circles(files, graph(imports))).toEqual([]));

  it("between the rooms of vault/, wiring/ and systems/", () => {
    const between = imports
      .map(({ from, to }) => ({ from: subjectOf(from), to: subjectOf(to) }))
      .filter(({ from, to }) => from !== to && from.includes("/") && to.includes("/"));
    expect(circles([...new Set(between.map(({ from }) => from))], graph(between))).toEqual([]);
  });
});

describe("a kind of consumer", () => {
  const own = /^consumers\/(eso|kes)\//;
  const elsewhere = (words: RegExp): string[] =>
    files.filter((file) => !own.test(file) && words.test(readFileSync(join(src, file), "utf8")));

  it("is named by the setting that chooses it and in its own folder: all others read what it says of itself", () => {
    expect(elsewhere(/["'`](eso|kes)["'`]|\b(eso|kes):/)).toEqual(["config/fields/operator.ts"]);
  });

  it("says in its own folder alone of which group and version its objects are", () => {
    expect(elsewhere(/["'`](external-secrets\.io|kubernetes-client\.io)\b/)).toEqual([]);
  });
});

describe("words that say nothing", () => {
  it("are no names of files", () => {
    expect(files.filter((file) => /(^|[/.-])(utils?|helpers?|manager|common|misc)([/.-]|$)/.test(file))).toEqual([]);
  });
});

describe("the process", () => {
  it("is the command line's alone: a run has no terminal, listens to no signal, and asks nobody", () => {
    const terminal =
      /\bprocess\.(stdin|stdout|stderr|exit|exitCode|on|once|emitWarning)\b|\bconsole\.|from "(chalk|@inquirer\/[^"]*|commander)"/;
    const below = files.filter((file) => !file.startsWith("cli/"));
    expect(below.filter((file) => terminal.test(readFileSync(join(src, file), "utf8")))).toEqual([]);
    expect(imports.filter(({ from, to }) => !from.startsWith("cli/") && to.startsWith("cli/"))).toEqual([]);
  });

  it("is ended in one place", () => {
    const texts = files.filter((file) => /process\.exit\(/.test(readFileSync(join(src, file), "utf8")));
    expect(texts).toEqual(["cli/main.ts"]);
  });
});
