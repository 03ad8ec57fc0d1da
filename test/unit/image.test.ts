import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const dockerfile = read("Dockerfile");
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(\S+) (\S+)$/gm)].map(([, from = "", to = ""]) => ({ from, to }));

it("the image holds what the package holds that a run reads, and nothing else of the folder", () => {
  const { files } = JSON.parse(read("package.json")) as { files: string[] };
  for (const { from } of copied) expect([...files, "package.json"]).toContain(from);
  const taken = [...read(".dockerignore").matchAll(/^!(\S+)$/gm)].map(([, name]) => name);
  expect(taken.sort()).toEqual(copied.map(({ from }) => from).sort());
  expect(read(".dockerignore")).toMatch(/^\*$/m);
});

it("it is started as the package is, not as root, and its bases are given as arguments", () => {
  const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? "") as string[];
  const program = copied.find(({ from, to }) => entry[1]?.startsWith(`${to}/`) && existsSync(join(root, from)));
  expect(existsSync(join(root, program?.from ?? "", entry[1]?.slice((program?.to.length ?? 0) + 1) ?? ""))).toBe(true);
  expect(/^USER (\d+):(\d+)$/m.exec(dockerfile)?.slice(1).map(Number)).not.toContain(0);
  expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)).toEqual(["${HELM}", "${BASE}"]);
  expect(dockerfile).not.toMatch(/^(RUN|ADD) /m);
});

it("the release workflow gives both by their digests", () => {
  const workflow = read(".github/workflows/publish.yml");
  for (const base of ["BASE", "HELM"]) {
    const named = new RegExp(`^ARG ${base}=(\\S+)$`, "m").exec(dockerfile)?.[1];
    expect(named).toBeTruthy();
    expect(workflow).toContain(`pinned ${base}`);
  }
  expect(workflow).toContain(`--build-arg "BASE=$BASE" --build-arg "HELM=$HELM"`);
});
