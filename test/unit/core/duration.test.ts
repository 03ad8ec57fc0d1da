import { describe, expect, it } from "vitest";
import { goDuration, isDuration, milliseconds, seconds } from "../../../src/core/duration.ts";

describe("durations", () => {
  it.each([
    ["90", 90],
    ["90s", 90],
    ["1h30m", 5400],
    ["1.5h", 5400],
    ["2d", 172800],
    ["500ms", 0.5],
    ["0", 0],
  ])("%s is %d seconds", (text, wanted) => expect(seconds(text)).toBe(wanted));
  it.each(["", "h", "1x", "-1s", "1h 30m", "1,5h", "∞"])("%j is none", (text) => {
    expect(isDuration(text)).toBe(false);
    expect(seconds(text)).toBeNaN();
  });
  it.each([
    ["1m", "1m0s"],
    ["90s", "1m30s"],
    ["1h", "1h0m0s"],
    ["5s", "5s"],
    ["0", "0s"],
    ["500ms", "500ms"],
    ["36h", "36h0m0s"],
  ])("%s is %s in Go's form", (text, wanted) => expect(goDuration(text)).toBe(wanted));
  it("has milliseconds", () => expect(milliseconds("5m")).toBe(300_000));
});
