import { expect, test } from "vitest";
import { holdsKeys } from "../../../src/kubernetes/custody-secret.ts";
import type { KubeObject } from "../../../src/systems/world.ts";

const secret = (data: Readonly<Record<string, string>>, kind = "Secret"): KubeObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "x", namespace: "y" },
  data: Object.fromEntries(Object.entries(data).map(([name, text]) => [name, Buffer.from(text).toString("base64")])),
});

test.each([
  ["what the sink writes", { "init.json": "{}" }],
  ["encrypted", { "init.json": "-----BEGIN AGE ENCRYPTED FILE-----" }],
  ["the token alone", { "token.json": "{}" }],
  ["a holder's share", { "share-anna.json": "{}" }],
  ["keys under another name", { "vault.prod": '{\n  "unseal_keys_b64": ["x"]}' }],
  ["recovery keys", { "a.b": '{"recovery_keys_hex":[]}' }],
])("a Secret with %s holds keys", (_, data) => expect(holdsKeys(secret(data))).toBe(true));

test.each([
  ["a certificate", secret({ "tls.crt": "x", "tls.key": "y" })],
  ["an application's values", secret({ username: "x", "config.json": "{}" })],
  ["nothing", { ...secret({}), data: undefined }],
  ["no Secret", secret({ "init.json": "{}" }, "ConfigMap")],
])("%s is none", (_, object) => expect(holdsKeys(object)).toBe(false));
