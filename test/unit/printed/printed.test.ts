import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mentioned } from "./judge.ts";
import { commandsIn, textsOf } from "./said.ts";

const root = join(import.meta.dirname, "../../..");
/** Words that stand behind a program's name in a sentence about it. */
const prose =
  /^(?:does|takes|reads|writes|wrote|makes|made|installs|uninstalls|is|was|refuses|could|cannot|gave|failed|keeps|or|and|itself|command|commands|program|with|ask|that|in|run|described)$/;
/** What we call an object by: "vault sys/init", "vault root token". */
const object = /^(?:vault|helm) (?:\S*[/X]|vault$|root token|raft members|kept token|listener certificate|secrets below|release|manifest)/;
/** Keys of answers that are kept, and a script of a shell's own. */
const notPrinted = /systems\/asked-once\/|systems\/helm\/render\.ts$|completion\/scripts\.ts$|cli\/called-as\.ts$|doctor\/facts\/probe\//;

const wrongIn = (texts: readonly string[]): readonly string[] =>
  texts
    .flatMap(commandsIn)
    .filter(([name = "", first = ""]) => !prose.test(first) && (name !== "vault-k8s" || !first.startsWith("-")))
    .filter((words) => !object.test(words.join(" ")) && !/^kubectl(?: --context X)?(?: -n X)?(?: X)*$/.test(words.join(" ")))
    .flatMap((words) => mentioned(words) ?? []);

describe("commands that are named in texts have these names and flags", () => {
  it("in the sources", () => {
    const files = globSync("src/**/*.ts", { cwd: root }).filter((file) => !notPrinted.test(file));
    const wrong = files.flatMap((file) => wrongIn(textsOf(readFileSync(join(root, file), "utf8"))).map((said) => `${file}: ${said}`));
    expect(wrong).toEqual([]);
  });

  it("in the sources, with the context where kubectl or helm is to look at an object", () => {
    const files = globSync("src/**/*.ts", { cwd: root }).filter((file) => !notPrinted.test(file));
    const bare = files.flatMap((file) =>
      textsOf(readFileSync(join(root, file), "utf8"))
        .flatMap(commandsIn)
        .filter(([name = "", first = ""]) => /kubectl|helm/.test(name) && !prose.test(first))
        .map((words) => words.join(" "))
        .filter(
          (line) =>
            !object.test(line) && /^(?:kubectl|helm) [a-z]+ .*(?:X| -n )/.test(line) && !/--context|--kube-context|--local|NAME/.test(line),
        )
        .map((line) => `${file}: ${line}`),
    );
    expect(bare).toEqual([]);
  });

  it.each(["docs/errors.md", "docs/causes.md"])("in %s", (file) => {
    const spans = [...readFileSync(join(root, file), "utf8").matchAll(/`([^`\n]+)`|^ {4}(.*)$/gm)].map(
      ([, span, line]) => span ?? line ?? "",
    );
    expect(wrongIn(spans)).toEqual([]);
  });
});
