import { describe, expect, it } from "vitest";
import { isDuration, milliseconds, seconds } from "../../../src/core/duration.ts";

describe("durations", () => {
  it.each([["90", 90], ["90s", 90], ["1h30m", 5400], ["1.5h", 5400], ["2d", 172800], ["500ms", 0.5], ["0", 0]])("%s is %d seconds", (text, wanted) => expect(seconds(text)).toBe(wanted));
  it.each(["", "h", "1x", "-1s", "1h 30m", "1,5h", "∞"])("%j is none", (text) => {
    expect(isDuration(text)).toBe(false);
    expect(seconds(text)).toBeNaN();
  });
  it("has milliseconds", () => expect(milliseconds("5m")).toBe(300_000));
});
