import { describe, expect, it } from "vitest";
import { consumerKinds } from "../../../src/consumers/kinds.ts";
import { oldest, tooOld } from "../../../src/systems/oldest-versions.ts";

const needed = { ...oldest, operator: consumerKinds.eso.oldest! };
type Versioned = keyof typeof needed;

describe("what is too old", () => {
  it.each<[Versioned, string, string]>([
    ["vault", "1.12.11", "Vault 1.12.11 is older than 1.13"],
    ["vault", "1.9.0+ent.hsm", "Vault 1.9.0+ent.hsm is older than 1.13"],
    ["vault", "0.11.4", "Vault 0.11.4 is older than 1.13"],
    ["kubernetes", "v1.21.14-eks-1", "Kubernetes v1.21.14-eks-1 is older than 1.22"],
    ["helm", "v3.9.4", "helm v3.9.4 is older than 3.14"],
    ["operator", "v0.8.1", "External Secrets v0.8.1 is older than 0.9"],
  ])("%s %s is", (of, version, what) => {
    expect(tooOld(needed[of], version)).toEqual({
      what,
      wanted: what.split(" ").at(-1),
      because: expect.stringMatching(/\w{3}/) as string,
    });
  });

  it.each<[Versioned, string]>([
    ["vault", "1.13.0"],
    ["vault", "1.13.0-rc1"],
    ["vault", "1.21.4+ent"],
    ["vault", "2.0.4"],
    // OpenBao, which comes from Vault 1.14.
    ["vault", "2.0.0-alpha20240329"],
    ["vault", "2.6.2"],
    // What cannot be compared is no reason to stop.
    ["vault", "0.0.0-dev1"],
    ["vault", "OpenBao v1.0.1"],
    ["vault", "main"],
    ["vault", "1"],
    ["vault", ""],
    ["kubernetes", "v0.0.0-master+$Format:%H$"],
    ["kubernetes", "v1.22.0"],
    ["kubernetes", "v1.34.4"],
    ["helm", "v3.14.0"],
    ["helm", "v4.1.0"],
    ["operator", "v2.9.0"],
  ])("%s %s is not", (of, version) => expect(tooOld(needed[of], version)).toBeUndefined());
});
