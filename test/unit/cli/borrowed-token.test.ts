import { expect, test } from "vitest";
import { environmentFor, runToItsEnd } from "../../../src/cli/commands/borrowed-token.ts";

test("a command gets our environment without VAULT_* and BAO_*, then address, CA, name and token in both spellings", () => {
  const ours = {
    PATH: "/bin",
    KEPT: "x",
    UNSET: undefined,
    VAULT_ADDR: "https://another",
    VAULT_NAMESPACE: "team",
    BAO_SKIP_VERIFY: "1",
    VAULT_CLIENT_KEY: "k",
  };
  const lent = { address: "https://127.0.0.1:4242", caFile: "/ca.pem", serverName: "vault-0.vault-internal" };
  expect(environmentFor(ours, lent, "hvs.root")).toEqual({
    PATH: "/bin",
    KEPT: "x",
    VAULT_ADDR: "https://127.0.0.1:4242",
    BAO_ADDR: "https://127.0.0.1:4242",
    VAULT_CACERT: "/ca.pem",
    BAO_CACERT: "/ca.pem",
    VAULT_TLS_SERVER_NAME: "vault-0.vault-internal",
    BAO_TLS_SERVER_NAME: "vault-0.vault-internal",
    VAULT_TOKEN: "hvs.root",
    BAO_TOKEN: "hvs.root",
  });
});

test("a certificate that has the address needs no name, and http no CA", () => {
  const env = environmentFor({}, { address: "http://127.0.0.1:4242", caFile: undefined, serverName: undefined }, "hvs.root");
  expect(Object.keys(env).sort()).toEqual(["BAO_ADDR", "BAO_TOKEN", "VAULT_ADDR", "VAULT_TOKEN"]);
});

test.each([
  [["sh", "-c", "exit 9"], 9],
  [["sh", "-c", "kill -15 $$"], 143],
])("%j ends with %i", async (command, code) => {
  expect(await runToItsEnd(command, { env: { PATH: process.env["PATH"] ?? "" }, cwd: "/", terminal: false })).toBe(code);
});
