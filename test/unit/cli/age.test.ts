import { expect, it } from "vitest";
import { age } from "../../../src/cli/render/age.ts";

it.each([
  [0, "0s"],
  [34, "34s"],
  [312, "5m12s"],
  [3600, "1h"],
  [11_040, "3h4m"],
  [93_784, "1d2h"],
  [86_400 * 12 + 5000, "12d"],
])("%d seconds are %s", (seconds, words) => expect(age(seconds)).toBe(words));
