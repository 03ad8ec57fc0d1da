import { describe, expect, it } from "vitest";
import { mark, ownershipOf } from "../../../src/kubernetes/ownership.ts";
import { parseSecretSpec } from "../../../src/consumers/secret-spec.ts";

const here = "11111111-2222-3333-4444-555555555555";
const there = "99999999-2222-3333-4444-555555555555";

describe("a mark", () => {
  it("says ours, another cluster's, or nobody's", () => {
    expect(ownershipOf(mark(here), here)).toBe("ours");
    expect(ownershipOf(`prod, ${mark(there)}`, here)).toBe("other-cluster");
    expect(ownershipOf("made by hand", here)).toBe("foreign");
  });
});

describe("NAME[=PATH][#KEY,…]", () => {
  it("is read", () => {
    expect(parseSecretSpec("db")).toEqual({ name: "db", path: "db", keys: [] });
    expect(parseSecretSpec("db=team/db")).toEqual({ name: "db", path: "team/db", keys: [] });
    expect(parseSecretSpec("db=team/db#user,password")).toEqual({ name: "db", path: "team/db", keys: ["user", "password"] });
    expect(parseSecretSpec("db#user")).toEqual({ name: "db", path: "db", keys: ["user"] });
  });
  it.each(["", "DB", "db=", "db=a//b", "db=../x", "db=a/./b", "-db"])("%j is refused", (text) => {
    expect(() => parseSecretSpec(text)).toThrow("does not name a secret");
  });
});
