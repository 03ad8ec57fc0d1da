import { describe, expect, it } from "vitest";
import type { Plain } from "../../../src/core/compare.ts";
import { kinds } from "../../../src/errors.ts";
import { exportedRelease } from "../../../src/run/export/releases.ts";

const content = (repo?: string) => ({
  kind: "release" as const,
  release: { name: "vault", namespace: "vault", chart: { chart: "vault", repo }, values: {}, valuesFiles: [], sets: [] },
  waits: false,
});
const exported = (values: Plain) => exportedRelease(content(), values);

describe("the values of an export", () => {
  it.each([
    ["HCL", { raft: { config: 'seal "transit" { token = "s.Qw3CANARY0123456789abcdef" }' } }, ["raft.config"]],
    ["an address", { env: { VAULT_PG_CONNECTION_URL: "postgres://vault:CANARY@db/vault" } }, ["env.VAULT_PG_CONNECTION_URL"]],
    ["json", { more: { text: '{"a": "{\\"password\\": \\"CANARY-1\\"}"}' } }, ["more.text"]],
    ["a list", { args: ["-v", "--url=postgres://vault:CANARY@db"], n: 1 }, ["args"]],
    ["a field in a list", { list: [{ a: 1 }, { b: "token=CANARY-of-a-list" }] }, ["list[1].b"]],
    [
      "a Secret",
      { extraObjects: [{ kind: "Secret", data: { a: "Q0FOQVJZ" }, stringData: { b: "CANARY" } }] },
      ["extraObjects[0].data", "extraObjects[0].stringData"],
    ],
    ["a second place", { password: "CANARY-twice", note: "it is CANARY-twice" }, ["password", "note"]],
    ["a name", { "hvs.CANARY0123456789abcdefg": 1 }, ["[hidden]"]],
  ])("leave out what holds a secret in %s, and name it", (_, values, leftOut) => {
    const found = exported({ ...values, open: "stays" } as Plain);
    expect(JSON.stringify(found)).not.toContain("CANARY");
    expect(found.leftOut).toEqual(leftOut);
    expect(found.values).toMatchObject({ open: "stays" });
  });

  it("keep the name of a Secret that is mounted", () => {
    const values = { filesFromSecret: { "vault-ca": { secret: "vault-ca", mountPath: "/etc/vault-ca" } } };
    expect(exported(values)).toMatchObject({ values, leftOut: [] });
  });

  it("are refused with a repository whose address has a password", () => {
    expect(() => exportedRelease(content("https://me:CANARY@charts.example.com"), {})).toThrow(
      expect.objectContaining({ kind: kinds.badValue, message: expect.not.stringContaining("CANARY") as string }) as Error,
    );
  });
});
