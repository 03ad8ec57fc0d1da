import { describe, expect, it } from "vitest";
import { skewOf } from "../../../src/run/status/server-versions.ts";

describe("what is outside of the supported range", () => {
  it.each<[Parameters<typeof skewOf>[0], string[]]>([
    [{ helm: "v3.13.9" }, ["helm"]],
    [{ helm: "v3.14.0" }, []],
    [{ helm: "v4.1.0" }, []],
    [{ kubernetes: "v1.21.14-eks-1" }, ["kubernetes"]],
    [{ vault: ["1.12.11"] }, ["vault"]],
    [{ kubernetes: "v1.34.4" }, []],
    [{ vault: ["1.20.0", "1.21.0"] }, ["vault"]],
    [{ vault: ["1.21.0"] }, []],
    [{ operator: { kind: "eso", version: "v0.8.1" } }, ["operator"]],
    [{ operator: { kind: "eso", version: "v0.20.4" } }, []],
    [{ operator: { kind: "eso", version: undefined } }, []],
    [{ operator: { kind: "kes", version: "8.5.5" } }, ["operator"]],
    [{ kubernetes: "what is this" }, []],
  ])("%j: %j", (found, wrong) => expect(skewOf(found).map(({ what }) => what)).toEqual(wrong));
});
