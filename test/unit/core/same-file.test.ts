import { mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SameFiles } from "../../../src/core/same-file.ts";

async function file(text = "a"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "same-file-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const name = join(folder, "it");
  await writeFile(name, text);
  return name;
}

function counted() {
  const files = new SameFiles<number>();
  let made = 0;
  return { of: (name: string, as = "") => files.of(name, as, () => Promise.resolve(++made)), made: () => made };
}

test("a file that stays the same is read once, also by those who ask at once", async () => {
  const name = await file();
  const { of } = counted();
  expect(await Promise.all([of(name), of(name), of(name)])).toEqual([1, 1, 1]);
  expect(await of(name)).toBe(1);
  expect(await of(name, "otherwise")).toBe(2);
});

test.each<[string, (name: string) => Promise<unknown>]>([
  ["other words of the same length", (name) => writeFile(name, "b")],
  ["the same words, and the time put back", async (name) => void [await writeFile(name, "a"), await utimes(name, 1, 1)]],
  ["another file at its place", async (name) => void [await writeFile(`${name}.new`, "a"), await rename(`${name}.new`, name)]],
])("read again after %s", async (_, change) => {
  const name = await file();
  await utimes(name, 1, 1);
  const { of } = counted();
  await of(name);
  await change(name);
  expect(await of(name)).toBe(2);
});

test("what is no regular file, such as a pipe, can be read only once, and is", async () => {
  const { of } = counted();
  expect([await of("/dev/null"), await of("/dev/null")]).toEqual([1, 1]);
});

test("a failure, and a file that is not there, are not kept", async () => {
  const name = await file();
  const files = new SameFiles<string>();
  await expect(files.of(name, "", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await files.of(name, "", () => Promise.resolve("yes"))).toBe("yes");
  const { of } = counted();
  expect([await of(`${name}-not`), await of(`${name}-not`)]).toEqual([1, 2]);
});
