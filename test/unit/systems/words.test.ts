import fc from "fast-check";
import { expect, test } from "vitest";
import { clean } from "../../../src/systems/words.ts";

/** Any UTF-16, control characters among them. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units));

test("takes escape sequences, line breaks and hidden characters out", () => {
  expect(clean("\u001b[31mred\u001b[0m\nand\t\u202emore\u0007")).toBe("red and more");
  expect(clean("\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007")).toBe("click");
});

test("keeps a sane length, and cuts no secret in half", () => {
  expect(clean("x".repeat(600))).toHaveLength(501);
  expect(clean(`${"x".repeat(495)}hvs.secret-token`, ["hvs.secret-token"])).not.toContain("hvs");
});

test("never lets a control character through, nor more than 500 characters", () => {
  // oxlint-disable-next-line no-control-regex
  fc.assert(fc.property(anyText, (text) => !/[\u0000-\u001f\u007f-\u009f]/.test(clean(text)) && clean(text).length <= 501));
});

test("hides a secret wherever it stands", () => {
  const secret = "hvs.0123456789abcdef";
  fc.assert(fc.property(fc.string(), fc.string(), (before, after) => !clean(`${before}${secret}${after}`, [secret]).includes(secret)));
});

test("takes no time for a large body", () => {
  expect(clean("\u001b[".repeat(4_000_000)).length).toBeLessThanOrEqual(501);
});

test("hides what looks like a credential, though nobody said that it is one", () => {
  const jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhYmMifQ.c2lnbmF0dXJl";
  expect(clean(`{"authorization":"Bearer k8s-aws-v1.aHR0cHM6Ly9zdHM"}`)).toBe('{"authorization":"Bearer [hidden]"}');
  expect(clean(`token hvs.CAESIJ0123456789abcdef and ${jwt}`)).toBe("token [hidden] and [hidden]");
  expect(clean("invalid Bearer token, expired")).toBe("invalid Bearer token, expired");
});
