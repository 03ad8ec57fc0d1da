import { expect, test } from "vitest";
import { firstSeen } from "../../../src/core/first-seen.ts";

test("what appears after the first look is left out, and what has gone", async () => {
  const world = ["a", "b"];
  const seen = firstSeen(
    () => Promise.resolve([...world]),
    (item) => item,
  );
  expect([seen.has("a"), seen.has("c")]).toEqual([true, true]);
  expect(await seen.list(undefined)).toEqual(["a", "b"]);
  world.splice(0, 1, "c");
  expect(await seen.list(undefined)).toEqual(["b"]);
  expect([seen.has("a"), seen.has("c")]).toEqual([true, false]);
});
