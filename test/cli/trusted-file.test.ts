import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { converse, key } from "./conversation.ts";
import { bin, home, vaultK8s } from "./product.ts";

// A clone of somebody's repository: its file names a program of its own.
let clone: string;
let count = 0;
beforeEach(async () => {
  clone = join(home, `clone-${count++}`);
  await mkdir(clone);
  await writeFile(join(clone, "vault-k8s.yaml"), "helm: ./helm.sh\n");
  await writeFile(join(clone, "helm.sh"), '#!/bin/sh\ntouch "$(dirname "$0")/ran"\necho v4.3.1\n');
  await chmod(join(clone, "helm.sh"), 0o755);
});

const ran = (): boolean => existsSync(join(clone, "ran"));
const typed = ["version", "--servers", "--cluster", "prod"];
const env = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: clone,
  LANG: "C.UTF-8",
  KUBECONFIG: join(clone, "none"),
});
const talk = (args: readonly string[], answer: string) =>
  converse([process.execPath, bin, ...args], [["Do you mean these?", answer]], { env: env(), cwd: clone });

describe("a program that a file of the working folder names", () => {
  it("is not run after a no, and the terminal says which it is", async () => {
    const { exitCode, text } = await talk(typed, `n${key.enter}`);
    expect([exitCode, ran()], text).toEqual([130, false]);
    expect(text).toContain("helm: ./helm.sh");
  });

  it("is run after one yes, which holds for the next time", async () => {
    await talk(typed, `y${key.enter}`);
    const again = await converse([process.execPath, bin, ...typed], [], { env: env(), cwd: clone });
    expect(again.text).not.toContain("Do you mean these?");
    await writeFile(join(clone, "vault-k8s.yaml"), "helm: ./other.sh\n");
    const { text, exitCode } = await talk(typed, `n${key.enter}`);
    expect(exitCode, text).toBe(130);
  });

  it("is not run where others may write the file", async () => {
    await chmod(join(clone, "vault-k8s.yaml"), 0o666);
    const { exitCode, stderr } = await vaultK8s(typed, { cwd: clone, env: env() });
    expect([exitCode, ran()], stderr).toEqual([65, false]);
    expect(stderr).toContain("VK1011");
  });

  it("config view only shows it", async () => {
    const { text, exitCode } = await converse([process.execPath, bin, "config", "view"], [], { env: env(), cwd: clone });
    expect([exitCode, ran()], text).toEqual([0, false]);
  });
});
