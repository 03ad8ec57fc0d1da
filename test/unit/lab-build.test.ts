import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startBuilds } from "../lab/build/builder.ts";
import { componentFolder } from "../lab/build/cache.ts";
import { chartOf, resourcesOf } from "../lab/build/chart.ts";
import { buildArguments } from "../lab/build/component.ts";
import { lineOf, progressOf } from "../lab/build/events.ts";
import { buildFolder, fingerprint } from "../lab/build/fingerprint.ts";
import { takeLock } from "../lab/build/lock.ts";
import { recipeOf, recipes } from "../lab/build/recipes.ts";
import { isOlder, oldestGo } from "../lab/build/toolchain.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "lab-build-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("recipes", () => {
  test("what a cluster cannot start without is built first", () => {
    const order = recipes.map(({ component }) => component);
    expect(order.slice(0, 4)).toEqual(["pause", "etcd", "kubernetes", "coredns"]);
    expect(order.indexOf("vault")).toBeLessThan(order.indexOf("helm3"));
  });

  test("every module asks for the oldest Go that the lab asks for", () => {
    for (const { module } of recipes.filter((each) => existsSync(join(buildFolder, each.module)))) {
      const [, wanted = ""] = /^go (\S+)$/m.exec(readFileSync(join(buildFolder, module, "go.mod"), "utf8")) ?? [];
      expect(isOlder(oldestGo, wanted), module).toBe(false);
    }
  });

  test("a single program gets its file's name, several go into the folder", () => {
    expect(buildArguments(recipeOf("etcd"), "/out")).toEqual(expect.arrayContaining(["-o", "/out/etcd"]));
    expect(buildArguments(recipeOf("kubernetes"), "/out")).toEqual(expect.arrayContaining(["-o", "/out/"]));
  });

  test("commands that benchmarks run are compiled with optimisation", () => {
    for (const component of ["kubectl", "vault", "helm4", "helm3"] as const) {
      expect(buildArguments(recipeOf(component), "/out").join(" ")).not.toContain("-gcflags");
    }
  });
});

describe("fingerprint", () => {
  const pause = recipeOf("pause");
  beforeEach(() => cpSync(join(buildFolder, pause.module), join(folder, pause.module), { recursive: true }));

  test("stays the same for the same inputs, wherever they lie", () => {
    expect(fingerprint(pause, folder)).toBe(fingerprint(pause));
    expect(fingerprint({ ...pause, seconds: 1 })).toBe(fingerprint(pause));
  });

  test.each(["main.go", "go.mod", "new.go"])("changes with %s", (name) => {
    writeFileSync(join(folder, pause.module, name), "package main\n");
    expect(fingerprint(pause, folder)).not.toBe(fingerprint(pause));
  });

  test("changes with the recipe and with its further inputs", () => {
    expect(fingerprint({ ...pause, quick: !pause.quick })).not.toBe(fingerprint(pause));
    const withInput = { ...pause, inputs: ["chart.ts"] };
    writeFileSync(join(folder, "chart.ts"), "one");
    const before = fingerprint(withInput, folder);
    writeFileSync(join(folder, "chart.ts"), "two");
    expect(fingerprint(withInput, folder)).not.toBe(before);
  });
});

describe("lock", () => {
  const never = (): never => expect.fail("It must not wait.");
  const lockFile = (): string => join(folder, "deep", "build.lock");
  const leave = (text: string): void => {
    mkdirSync(join(folder, "deep"));
    writeFileSync(lockFile(), text);
  };

  test("is there while it is held, and gone afterwards", async () => {
    const release = await takeLock(lockFile(), never);
    expect(JSON.parse(readFileSync(lockFile(), "utf8"))).toMatchObject({ pid: process.pid });
    release();
    expect(existsSync(lockFile())).toBe(false);
  });

  test("a second one waits for the first, and is told who holds it", async () => {
    const release = await takeLock(lockFile(), never);
    const waiting = vi.fn(() => {
      release();
      return true;
    });
    (await takeLock(lockFile(), waiting))();
    expect(waiting).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ pid: process.pid }));
  });

  test("keeps no process that only cleans up once it is free", async () => {
    const release = await takeLock(lockFile(), never);
    const program = `import { takeLock } from ${JSON.stringify(join(buildFolder, "lock.ts"))}; void takeLock(process.argv[1], () => false);`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program, lockFile()], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(status, stderr).toBe(0);
    release();
  });

  test("one of a process that has ended is broken", async () => {
    const { pid } = spawnSync("true");
    leave(JSON.stringify({ pid, started: "1" }));
    (await takeLock(lockFile(), never))();
  });

  test("one of an earlier process with a number that is in use again is broken", async () => {
    leave(JSON.stringify({ pid: process.pid, started: "1" }));
    (await takeLock(lockFile(), never))();
  });

  test("one that cannot be read is broken", async () => {
    leave("{");
    (await takeLock(lockFile(), never))();
  });
});

describe("builds", () => {
  /** A cache in which all is built but these, and a `go` that makes what it is told to make. */
  const without = (...missing: readonly string[]): void => {
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
    vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
    const go = '#!/bin/sh\nwhile [ "$#" -gt 1 ]; do [ "$1" != -o ] || echo built > "$2"; shift; done\n';
    writeFileSync(join(folder, "go"), go, { mode: 0o755 });
    for (const { component, programs } of recipes.filter((each) => !missing.includes(each.component))) {
      mkdirSync(componentFolder(component), { recursive: true });
      for (const { file } of programs) writeFileSync(join(componentFolder(component), file), "");
    }
  };
  afterEach(() => vi.unstubAllEnvs());

  test("what the first Secret does not need waits until that was shown", async () => {
    without("helm4", "helm3");
    const order: string[] = [];
    const shown = async (): Promise<void> => void order.push("waits");
    const { helm3 } = startBuilds(({ kind, ...event }) => {
      if (kind === "started" && "component" in event) order.push(event.component);
    }, shown);
    expect(existsSync(join(await helm3, "helm"))).toBe(true);
    expect(order).toEqual(["helm4", "waits", "helm3"]);
  });
});

describe("progress", () => {
  test("counts what is left, less what has passed, and never below nothing", () => {
    const [vault, helm] = [recipeOf("vault").seconds, recipeOf("helm4").seconds];
    expect(progressOf(["vault", "helm4"], 40)).toEqual({
      elapsed: 40,
      left: ["vault", "helm4"],
      leftSeconds: vault - 40 + helm,
    });
    expect(progressOf(["vault", "helm4"], vault + 500).leftSeconds).toBe(helm);
  });

  test("is told in one line", () => {
    expect(lineOf({ kind: "running", component: "vault", elapsed: 90, left: ["vault", "helm3"], leftSeconds: 125 })).toBe(
      "Building vault 1.21.0, 1 min 30 s, 1 more to come, about 2 min 5 s to go.",
    );
    expect(lineOf({ kind: "built", component: "pause", elapsed: 2, left: [], leftSeconds: 0 })).toBe(
      "Built pause 1.0.0 in 2 s, nothing left to build.",
    );
  });
});

describe("chart", () => {
  test("loses its dependencies and gets the version that its image tags follow", () => {
    const text = chartOf("name: x # kept\nversion: 0.20.3\nappVersion: v0.20.3\ndependencies:\n  - name: other\n", "0.20.4");
    expect(text).toContain("name: x # kept");
    expect(text).toContain("appVersion: v0.20.4");
    expect(text).not.toContain("other");
  });

  test("gets one file for each custom resource definition", () => {
    const files = resourcesOf("metadata:\n  labels:\n    name: x\n  name: a.example\n---\nmetadata:\n  name: b.example\n");
    expect([...files.keys()]).toEqual(["a.example.yaml", "b.example.yaml"]);
    expect(files.get("b.example.yaml")).toContain("name: b.example");
  });
});
