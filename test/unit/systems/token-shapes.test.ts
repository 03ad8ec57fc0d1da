import { describe, expect, it } from "vitest";
import { redactorOf } from "../../../src/systems/redaction.ts";

const { text: shown } = redactorOf([], { naming: "none" });
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl";
const pem = (kind: string): string => `-----BEGIN ${kind}-----\nMIIEabcdefgh\nijklmnop==\n-----END ${kind}-----`;

describe("what looks like a secret", () => {
  it.each([
    ["Vault's service token", "hvs.CAESIJABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    ["Vault's batch token", "hvb.AAAAAQJnotarealtokennotarealtoken"],
    ["Vault's recovery token", "hvr.CAESIJnotarealtokennotarealtoken"],
    ["OpenBao's service token", "s.Qw3rTyUiOpAsDfGhJkLzXcVb"],
    ["OpenBao's token in a namespace", "s.Qw3rTyUiOpAsDfGhJkLzXcVb.nS5dA"],
    ["OpenBao's batch token", "b.AAAAAQLnotarealtokennotarealtoken-_x"],
    ["a JSON web token", jwt],
    ["a JSON web token without its signature", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0"],
    ["a token in base64", base64("hvs.CAESIJABCDEFGHIJKLMNOPQRSTUVWXYZ")],
    ["a JSON web token in base64", base64(jwt)],
    ["a private key in base64", base64(pem("PRIVATE KEY"))],
    ["a key of a kind in base64", base64(pem("EC PRIVATE KEY"))],
    ["AWS's key", "AKIAIOSFODNN7EXAMPLE"],
    ["GitHub's token", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"],
    ["GitHub's other token", "github_pat_11ABCDEFG0abcdefghijklmnop"],
    ["age's key", "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQ"],
  ])("is hidden: %s", (_, secret) => {
    for (const [before, after] of [
      ["a ", " b"],
      ["", ""],
      ['{"t":"', '"}'],
      ["x=", "&y"],
      ["\\n", "\\n"],
      ["(", ")"],
      ["//", ","],
    ])
      expect(shown(`${before}${secret}${after}`)).toBe(`${before}[hidden]${after}`);
  });

  it.each([
    ["a private key", `a ${pem("RSA PRIVATE KEY")} b`, "a -----BEGIN RSA PRIVATE KEY-----[hidden] b"],
    ["one that was cut off", pem("PRIVATE KEY").slice(0, 40), "-----BEGIN PRIVATE KEY-----[hidden]"],
    ["one within JSON", JSON.stringify(pem("PRIVATE KEY")), '"-----BEGIN PRIVATE KEY-----[hidden]"'],
    ["a PGP message", pem("PGP MESSAGE"), "-----BEGIN PGP MESSAGE-----[hidden]"],
    ["a header", "Authorization: Bearer k8s-aws-v1.aHR0cHM6Ly9zdHM, x", "Authorization: Bearer [hidden], x"],
    ["a header's other scheme", '"basic dXNlcjpwYXNzd29yZA=="', '"basic [hidden]"'],
    ["a password in an address", "postgres://vault:p@ss:w@db:5432/x", "postgres://vault:[hidden]@db:5432/x"],
    ["one with a slash in it", "amqp://vault:pa/ss@mq/x?a=b", "amqp://vault:[hidden]@mq/x?a=b"],
    ["one without a user", "redis://:hunter2@cache", "redis://:[hidden]@cache"],
    ["one of MySQL's driver for Go", "root:hunter2@tcp(db:3306)/mysql", "root:[hidden]@tcp(db:3306)/mysql"],
  ])("is hidden where it stands: %s", (_, text, wanted) => expect(shown(text)).toBe(wanted));

  it.each([
    "https://vault.example.com:8200/v1/sys/health?x=a@b",
    "https://charts.example.com/a/b@1.2.3",
    "postgres://{{username}}:{{password}}@db/vault",
    "me@example.com: https://x",
    "ghcr.io/external-secrets/external-secrets@sha256:0123456789abcdef",
    "metadata.s.labels_of_a_very_long_name_indeed",
    "b.very-long-name-without-any-capital",
    "-----BEGIN CERTIFICATE-----\nMIIEabc\n-----END CERTIFICATE-----",
    base64("-----BEGIN CERTIFICATE-----\nMIIEabcdefghijklmnop\n-----END CERTIFICATE-----"),
    "invalid Bearer token, expired",
    "a basic understanding of it",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  ])("is not this: %s", (text) => expect(shown(text)).toBe(text));
});
