import { mkdir } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { makeFolder, writeNewFile } from "../../../src/keys/files.ts";
import { folder } from "../systems/server.ts";

/** Each mkdir, and each folder that was synced, in their order. */
const done = vi.hoisted((): string[] => []);

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  return {
    ...real,
    mkdir: async (...args: Parameters<typeof real.mkdir>) => {
      const made = await real.mkdir(...args);
      done.push(`mkdir ${String(args[0])}`);
      return made;
    },
    open: async (...args: Parameters<typeof real.open>) => {
      const handle = await real.open(...args);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        if ((await handle.stat()).isDirectory()) done.push(`sync ${String(args[0])}`);
      };
      return handle;
    },
  };
});

beforeEach(() => void (done.length = 0));

test("each new folder is on the disk before the next one is made in it: its parent is synced", async () => {
  const dir = await folder();
  const [one, two] = [path.join(dir, "one"), path.join(dir, "one", "two")];
  await makeFolder(two);
  expect(done).toEqual([`mkdir ${one}`, `sync ${dir}`, `mkdir ${two}`, `sync ${one}`]);
});

test("what is there is not made again, and a file is on the disk with its folder", async () => {
  const dir = path.join(await folder(), "there");
  await mkdir(dir);
  done.length = 0;
  await makeFolder(dir);
  expect(done).toEqual([]);
  await writeNewFile(path.join(dir, "init.json"), "{}");
  expect(done).toContain(`sync ${dir}`);
});
