import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { program } from "../../src/cli/program.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const readme = read("README.md");
const { version, scripts } = JSON.parse(read("package.json")) as { version: string; scripts: Record<string, string> };

/** Command lines of the tool in blocks of shell, without comments and without what is piped into them. */
const typed = [...readme.matchAll(/```sh\n([^]*?)```/g)]
  .flatMap(([, block = ""]) => block.split("\n"))
  .flatMap((line) => /(?:^\s*|\| |\.tgz )vault-k8s (.*)$/.exec(line.replace(/ {2,}#.*$/, ""))?.[1] ?? []);

describe("README.md", () => {
  it("shows the way from nothing to a Secret", () => {
    for (const command of ["preflight", "bootstrap", "secret put", "verify"]) expect(typed.join("\n")).toContain(`${command} `);
  });

  it.each(typed)("shows a line that is understood: vault-k8s %s", async (line) => {
    let understood = line === "--help";
    const tree = program(
      version,
      () => undefined,
      async () => void (understood = true),
    );
    await tree
      .parseAsync(line.split(" "), { from: "user" })
      .catch((error: { code?: string }) => expect(error.code).toBe("commander.helpDisplayed"));
    expect(understood).toBe(true);
  });

  it("names scripts and files that are there", () => {
    for (const [, script = ""] of readme.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(script);
    const files = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g), ...readme.matchAll(/\bsh (packaging\/\S+)/g)].map(
      ([, file = ""]) => file,
    );
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it.each(["README.md", "docs/completion.md", "docs/ci.md", "packaging/README.md", "packaging/krew/vault-k8s.yaml"])(
    "of the versions of this package, %s names this one",
    (file) => {
      const named = [...read(file).matchAll(/vault-k8s(?:-|@v|\/v)(\d+\.\d+\.\d+)/g)].map(([, each]) => each);
      expect([...new Set(named)]).toEqual([version]);
    },
  );
});
