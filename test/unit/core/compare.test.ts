import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allFields, differences, type Plain } from "../../../src/core/compare.ts";

const json = fc.jsonValue() as fc.Arbitrary<Plain>;

describe("differences", () => {
  it("finds none between a value and itself", () => {
    fc.assert(fc.property(json, (value) => void expect(differences(value, structuredClone(value) as Plain)).toEqual([])));
  });

  it("does not mind fields that only the server has", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), json),
        json,
        (wanted, extra) => void expect(differences(wanted, { ...structuredClone(wanted), " server default": extra } as Plain)).toEqual([]),
      ),
    );
  });

  it("names the field, before and after", () => {
    expect(differences({ spec: { replicas: 3, name: "a" } }, { spec: { replicas: 1, name: "a" } })).toEqual([
      { field: "spec.replicas", before: "1", after: "3" },
    ]);
  });

  it("compares lists whole", () => {
    expect(differences({ list: [1, 2] }, { list: [1, 2, 3] })).toEqual([{ field: "list", before: "[1,2,3]", after: "[1,2]" }]);
    expect(differences({ list: [{ a: 1 }] }, { list: [{ a: 1, filledIn: true }] })).toEqual([]);
  });

  it("lists every field of a new object", () => {
    expect(allFields({ a: 1, b: { c: "x" } }).map((change) => change.field)).toEqual(["a", "b.c"]);
  });
});
