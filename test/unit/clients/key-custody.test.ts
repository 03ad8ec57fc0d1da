import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keyCustody } from "../../../src/clients/keys/custody.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "custody-"));
});
afterEach(() => rm(folder, { recursive: true }));

const custody = (kubeSystemUid = "uid-1") =>
  keyCustody({
    title: "the key file",
    file: async () => join(folder, "kept", "init.json"),
    origin: async () => ({ kubeSystemUid, context: "prod" }),
  });

test("a token that is kept is read by the next run, from a file that only its owner reads", async () => {
  expect(await custody().token()).toBeUndefined();
  await custody().keepToken("hvs.first");
  await custody().keepToken("hvs.second");
  expect(await custody().token()).toBe("hvs.second");
  expect((await stat(join(folder, "kept", "token.json"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "kept"))).mode & 0o777).toBe(0o700);
});

test("a kept token is not given to a cluster that was made again under the same name", async () => {
  await custody().keepToken("hvs.first");
  await expect(custody("uid-2").token()).rejects.toMatchObject({ kind: { code: "VK1009" } });
});

test("a folder that cannot be made is told as that", async () => {
  await writeFile(join(folder, "kept"), "");
  await expect(custody().keepToken("hvs.first")).rejects.toMatchObject({ kind: { code: "VK1502" } });
});
