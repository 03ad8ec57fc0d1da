import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { atWork, isCutOff, runLabel, thisRun } from "../../../src/systems/helm/cut-off.ts";
import type { HelmRelease } from "../../../src/systems/world.ts";

const release = (run: string | undefined, minutesAgo = 0, name = "cut-off-test"): HelmRelease => ({
  name,
  namespace: "vault",
  revision: 4,
  status: "pending-upgrade",
  chart: "vault-0.34.1",
  appVersion: "",
  values: {},
  labels: run === undefined ? {} : { [runLabel]: run },
  updated: new Date(Date.now() - minutesAgo * 60_000),
});

/** A process with these words on its command line, and what its run would be called. */
async function running(...words: readonly string[]): Promise<{ run: string; end: () => Promise<void> }> {
  const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1e6)", "--", ...words], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  const [machine] = (await thisRun()).split(".");
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { run: `${machine}.${child.pid}.${began}`, end };
}

describe.skipIf(process.platform !== "linux")("a release that is pending", () => {
  test("of somebody else counts as cut off only after helm's own limit", async () => {
    expect(await isCutOff(release(undefined, 0))).toBe(false);
    expect(await isCutOff(release(undefined, 9))).toBe(false);
    expect(await isCutOff(release(undefined, 11))).toBe(true);
    expect(await isCutOff({ ...release(undefined), updated: undefined })).toBe(false);
  });

  test("of this process is at work only while its helm runs", async () => {
    const run = await thisRun();
    expect(await isCutOff(release(run))).toBe(true);
    atWork.add("vault/cut-off-test");
    onTestFinished(() => void atWork.delete("vault/cut-off-test"));
    expect(await isCutOff(release(run))).toBe(false);
  });

  test("of another process here: not while it runs, and at once when it is gone", async () => {
    const { run, end } = await running();
    expect(await isCutOff(release(run))).toBe(false);
    await end();
    expect(await isCutOff(release(run))).toBe(true);
  });

  test("whose process is gone, and whose helm lives on", async () => {
    const [gone, helm] = [await running(), await running("upgrade", "--install", "cut-off-alive", "--namespace", "vault")];
    await gone.end();
    expect(await isCutOff(release(gone.run, 0, "cut-off-alive"))).toBe(false);
    await helm.end();
    expect(await isCutOff(release(gone.run, 0, "cut-off-alive"))).toBe(true);
  });

  test("of another machine", async () => {
    const [, pid, began] = (await thisRun()).split(".");
    expect(await isCutOff(release(`0123456789abcdef.${pid}.${began}`))).toBe(false);
  });

  test("whose number another process has now", async () => {
    const [machine, pid] = (await thisRun()).split(".");
    expect(await isCutOff(release(`${machine}.${pid}.1`))).toBe(true);
  });
});
