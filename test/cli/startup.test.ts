import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Scene } from "../contract/scene.ts";
import { loadedBy, type Loaded } from "./loaded.ts";
import { onFakes } from "./on-fakes.ts";
import { vaultK8s } from "./product.ts";

async function loadedByProduct(args: readonly string[]): Promise<Loaded> {
  const loaded = await loadedBy((options) => vaultK8s(args, options));
  expect(loaded.ran.exitCode).toBe(0);
  return loaded;
}

describe("what is loaded before anything is done", () => {
  it.each([["--version"], ["--help"]])("by %s: commander and nothing else of other people", async (flag) => {
    const { packages, files } = await loadedByProduct([flag]);
    expect(packages).toEqual(["commander"]);
    expect(files.map((file) => basename(file)).length, files.join("\n")).toBeLessThanOrEqual(9);
  });

  it("by a command's help: no client, no prompts", async () => {
    const { packages } = await loadedByProduct(["bootstrap", "--help"]);
    for (const heavy of ["@kubernetes/client-node", "execa", "@inquirer/prompts", "inquirer", "zod", "undici"])
      expect(packages).not.toContain(heavy);
  });
});

/** What a command may load: which packages, how many files at most, and of what size, in kB. What loads more changes loaded.json on purpose. */
interface Allowed {
  readonly packages: readonly string[];
  readonly files: number;
  readonly kB: number;
}

const list = join(import.meta.dirname, "goldens/loaded.json");
const readList = (): Record<string, Allowed> => JSON.parse(readFileSync(list, "utf8")) as Record<string, Allowed>;

/** Rounded up, with room for what is not worth a thought. */
const allowedFor = ({ packages, files, size }: Loaded): Allowed => ({
  packages,
  files: Math.ceil((files.length + 5) / 10) * 10,
  kB: Math.ceil((size + 20) / 50) * 50,
});

describe("what is loaded by a command", () => {
  let scene: Scene;
  const cluster = ["--cluster", "eks-prod", "--secret", "db"];
  beforeAll(async () => {
    scene = await Scene.open();
    scene.helm.timeoutMs = 30_000;
    const { exitCode, stderr } = await onFakes(scene, ["bootstrap", ...cluster]);
    expect(exitCode, stderr).toBe(0);
    scene.put("k8s/eks-prod/db", { username: "somebody" });
  });
  afterAll(() => scene.close());

  it.each<[string, readonly string[], string?]>([
    ["--help", []],
    ["version", []],
    ["plan", cluster],
    ["bootstrap", cluster],
    ["status", cluster],
    ["verify", cluster],
    ["secret put", ["db", "-", "--cluster", "eks-prod"], "username=somebody"],
    ["operator unseal", ["--cluster", "eks-prod"]],
  ])("%s", async (command, args, input = "") => {
    const loaded = await loadedBy((options) => onFakes(scene, [...command.split(" "), ...args], { ...options, input }));
    expect(loaded.ran.exitCode, loaded.ran.stderr).toBe(0);
    keep(command, loaded);
    const { packages, files, kB } = readList()[command] ?? { packages: [], files: 0, kB: 0 };
    expect(loaded.packages, "UPDATE_GOLDENS=1 writes it anew").toEqual(packages);
    expect(loaded.files.length, loaded.files.join("\n")).toBeLessThanOrEqual(files);
    expect(loaded.size).toBeLessThanOrEqual(kB);
    // Node's own fetch, which a mention of FormData or Request is enough to load, and HTTP/2 with it.
    for (const heavy of ["internal/deps/undici/undici", "http2", "inspector"]) expect(loaded.node).not.toContain(heavy);
  });
});

function keep(name: string, loaded: Loaded): void {
  if (process.env["UPDATE_GOLDENS"] !== "1") return;
  writeFileSync(list, `${JSON.stringify({ ...readList(), [name]: allowedFor(loaded) }, undefined, 2)}\n`);
}
