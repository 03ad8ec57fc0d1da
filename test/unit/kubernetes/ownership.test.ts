import { describe, expect, it } from "vitest";
import { mark, ownershipOf } from "../../../src/kubernetes/ownership.ts";

const here = "11111111-2222-3333-4444-555555555555";
const there = "99999999-2222-3333-4444-555555555555";

describe("a mark", () => {
  it("says ours, another cluster's, or nobody's", () => {
    expect(ownershipOf(mark(here), here)).toBe("ours");
    expect(ownershipOf(`prod, ${mark(there)}`, here)).toBe("other-cluster");
    expect(ownershipOf("made by hand", here)).toBe("foreign");
  });
});
