import { describe, expect, it } from "vitest";
import { looksSecret, masked, secretsIn } from "../../../src/core/secret-names.ts";

describe("what looks like a secret", () => {
  it.each(["password", "DB_PASSWORD", "server.extraEnvironmentVars.VAULT_TOKEN", "apiKey", "clientSecret", "credentials"])(
    "%s does",
    (name) => expect(looksSecret(name)).toBe(true),
  );
  it.each(["secretName", "tokenPath", "passwordPolicyName", "replicas", "serviceAccount.name"])("%s does not", (name) =>
    expect(looksSecret(name)).toBe(false),
  );

  it("is hidden in values, in lists, and in pairs of name and value; flags and what is empty stay", () => {
    const values = {
      db: { password: "a1", port: 5432 },
      env: [
        { name: "X_TOKEN", value: "b2" },
        { name: "LEVEL", value: "info" },
      ],
      pin: { secret: 1234 },
      mounted: { secret: "vault-ca", mountPath: "/etc/vault-ca" },
      mountToken: true,
      token: "",
    };
    expect(masked(values, () => "*")).toEqual({
      db: { password: "*", port: 5432 },
      env: [
        { name: "X_TOKEN", value: "*" },
        { name: "LEVEL", value: "info" },
      ],
      pin: { secret: "*" },
      mounted: { secret: "vault-ca", mountPath: "/etc/vault-ca" },
      mountToken: true,
      token: "",
    });
    expect(secretsIn(values)).toEqual(["a1", "b2", "1234"]);
  });
});
