import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plain } from "../../../src/core/compare.ts";
import { redactorOf } from "../../../src/systems/redaction.ts";

const canary = "c4n4ry-of-the-redaction-55e1";

describe("a redactor", () => {
  const redact = redactorOf([canary, "short"]);

  it.each([
    ["plain", canary],
    ["base64", Buffer.from(canary).toString("base64")],
    ["in longer base64", Buffer.from(`{"a":"${canary}"}`).toString("base64")],
    ["hex", Buffer.from(canary).toString("hex")],
  ])("takes out a value that is known, %s", (_, text) => expect(redact.text(`before ${text} after`)).not.toContain(text.slice(8, 24)));

  it.each([
    [`password=${canary}x`],
    [`DB_PASSWORD: ${canary}x`],
    [`{"api_key":"${canary}x"}`],
    [`vault login --token ${canary}x`],
    [`login -token='${canary}x'`],
    [`secret: '${canary}x y'`],
    [`https://user:${canary}x@host/`],
    [`{"message": "cannot log in: password=${canary}x"}`],
    [`Authorization: Bearer ${canary}x`],
    [`seal "awskms" {\n  secret_key = "${canary}x"\n}`],
    [`seal "pkcs11" {\n  pin            = "${canary}x"\n}`],
    [`connect("host=db password=${canary}x user=vault")`],
    [`AccountKey=${canary}x;EndpointSuffix=core.windows.net`],
    [`{"password": "${canary}x \\"and more\\" ${canary}x"}`],
    [`{"a":"{\\"token\\":\\"${canary}x\\"}"}`],
    [`password: "${canary}x \\"in quotes\\" ${canary}x"`],
    [`password: "${canary}x that was cut of`],
    [`token: |\n  ${canary}x\n  ${canary}x\nother: 1`],
    [`  db:\n    password: >-\n      ${canary}x\n\n      ${canary}x\n    user: a`],
    [`credentials = <<-EOT\n    ${canary}x\n    EOT\n`],
    [`unseal_keys_b64: ["${canary}x", "${canary}x"]`],
    [`client-key-data: ${canary}x`],
  ])("takes out what goes by a secret's name: %s", (text) => expect(redactorOf().text(text)).not.toContain(canary.slice(0, 12)));

  it.each([
    ["token: |\n  hidden here\nother: stays", "other: stays"],
    ["  password: >-\n    hidden here\n  user: stays", "user: stays"],
    ["credentials = <<EOT\nhidden\nEOT\nother = stays", "other = stays"],
    ['{"password":"hidden\\"here","user":"stays"}', '"user":"stays"'],
    ['{\\"password\\":\\"hidden here\\",\\"user\\":\\"stays\\"}', '\\"user\\":\\"stays\\"'],
    ["password=hidden&user=stays", "&user=stays"],
    ["AccountKey=hidden==;Suffix=stays", ";Suffix=stays"],
    ['tokens = ["stays"]', '["stays"]'],
    ['unseal_keys_b64: ["hidden", "hidden"], shares: 5', "], shares: 5"],
  ])("hides no more than the value: %s", (text, rest) => {
    expect(redactorOf().text(text)).toContain(rest);
    expect(redactorOf().text(text)).not.toMatch(/hidden( |[^\]])/);
  });

  it("takes a sentence of a program for no name and value", () => {
    const { text: said } = redactorOf([], { naming: "assigned" });
    for (const words of ['secret "db" not found', "invalid token: it has expired", "no credentials: ask your administrator"])
      expect(said(words)).toBe(words);
    expect(said(`login failed: user=a, password=${canary}x, db=b`)).toBe("login failed: user=a, password=[hidden], db=b");
    expect(said(`{"token": "${canary}x"}`)).toBe('{"token": "[hidden]"}');
  });

  it.each([
    ["hvs.CAESIJABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    ["eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----"],
    ["AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQ"],
    ["ghp_abcdefghijklmnopqrstuvwxyz0123456789"],
  ])("takes out what looks like a secret: %s", (text) => expect(redactorOf().text(`a ${text} b`)).toMatch(/^a .*\[hidden\] b$/s));

  it.each([
    "Secret default/db is there",
    '"automountServiceAccountToken": false',
    '"tokenTtl": 3600',
    "the short word stays",
    '{"secret": {"name": "db"}}',
    "-----BEGIN CERTIFICATE-----",
  ])("leaves the rest: %s", (text) => expect(redact.text(text)).toBe(text));

  it("takes out of each text of a value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("password", "token", "name", "secret"), (value, key) => {
        const shown = redact.value({ [key]: value as Plain, other: `is ${canary}`, words: `a password=${canary.slice(1)}` });
        expect(JSON.stringify(shown)).not.toContain(canary.slice(1));
        expect(Object.keys(shown as object)).toEqual(expect.arrayContaining(["other", "words"]));
      }),
    );
  });
});
