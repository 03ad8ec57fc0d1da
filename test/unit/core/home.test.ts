import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { homeIn } from "../../../src/core/home.ts";

test("an empty HOME, or one that is no whole path, is not the working folder", () => {
  expect(homeIn({ HOME: "/home/me" })).toBe("/home/me");
  for (const HOME of ["", "relative", undefined]) expect(homeIn({ HOME })).toBe(userInfo().homedir);
});
