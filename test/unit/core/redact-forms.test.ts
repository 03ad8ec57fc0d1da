import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactorOf } from "../../../src/systems/redaction.ts";

// A value that is known is found in whatever form a program wrote it.

const json = (text: string): string => JSON.stringify(text).slice(1, -1);
/** As Go's encoding/json writes it by default: https://pkg.go.dev/encoding/json#Marshal */
const goJson = (text: string): string =>
  json(text).replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
const everyUnit = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const hex = (text: string): string => Buffer.from(text).toString("hex");
const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const wrapped = (text: string, width: number, end: string): string => text.match(new RegExp(`.{1,${width}}`, "gs"))?.join(end) ?? text;

type Form = (text: string) => string;
/** What encoders do. */
const forms: Readonly<Record<string, Form>> = {
  plain: (text) => text,
  json,
  "json in json": (text) => json(json(text)),
  "json, three deep": (text) => json(json(json(text))),
  "Go's json": goJson,
  "Go's json in Go's json": (text) => goJson(goJson(text)),
  "each character as \\u": everyUnit,
  "each character as \\u, capitals": (text) => everyUnit(text).replace(/[a-f]/g, (digit) => digit.toUpperCase()),
  base64,
  "base64 for URLs, without the fill": (text) => Buffer.from(text).toString("base64url"),
  "base64, wrapped at 76": (text) => wrapped(base64(text), 76, "\n"),
  "base64, wrapped at 20 and indented": (text) => wrapped(base64(text), 20, "\n      "),
  "base64, wrapped within json": (text) => json(wrapped(base64(text), 16, "\r\n")),
  "base64 with its slashes escaped": (text) => base64(text).replaceAll("/", "\\/").replaceAll("+", "\\u002b").replaceAll("=", "\\u003d"),
  "base64 in a URL": (text) => encodeURIComponent(base64(text)),
  "base64 of json": (text) => base64(JSON.stringify({ a: 1, b: text })),
  "base64 of Go's json": (text) => base64(`{"a":"${goJson(text)}"}`),
  "base64 of json, in json": (text) => json(base64(JSON.stringify([text], undefined, 2))),
  "base64 of base64": (text) => base64(`x${base64(text)}`),
  hex,
  "hex, capitals": (text) => hex(text).toUpperCase(),
  "hex, wrapped": (text) => wrapped(hex(text), 32, "\n"),
  "base64 of hex": (text) => base64(`ab${hex(text)}`),
  "as a URL has it": encodeURIComponent,
  "as a form has it": (text) => new URLSearchParams({ text }).toString().slice(5),
  "each byte as percent": percent,
  "each byte as percent, capitals": (text) => percent(text).toUpperCase(),
  "percent twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  "each byte as \\x": (text) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  html: (text) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`),
  "html by name": (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  "indented lines": (text) => text.replaceAll("\n", "\n        "),
};

const secrets: Readonly<Record<string, string>> = {
  "a token": "hvs.CAESIJ-c4n4ry_of~the+forms/0987654321",
  "an unseal key": "f31yRbzUr+cshw+aW0/CJQ2Yg2dQVF+qTcPtsCOL7z2b",
  "a password": "p\"ss\\w0rd<&>of'the 100% c4n4ry",
  "a password beyond ASCII": "pässwörd-ключ-🔑-c4n4ry",
  "a key in lines": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7VJTU\n-----END PRIVATE KEY-----\n",
  "a document": `{"type": "service_account", "key": "c4n4ry<&>", "of": "a \\"project\\""}`,
};

/** A stretch of the form that can still be read. Shorter ones are what stands around the secret in it, and what fills base64 up. */
function left(form: string, shown: string): string {
  const length = Math.min(24, form.length);
  const stretches = Array.from({ length: form.length - length + 1 }, (_, at) => form.slice(at, at + length));
  return stretches.find((stretch) => shown.includes(stretch)) ?? "";
}

describe.each(Object.entries(secrets))("%s that is known", (_, secret) => {
  const redact = redactorOf([secret], { naming: "none" });
  it.each(Object.entries(forms))("is hidden as %s", (_name, form) => {
    const text = form(secret);
    const shown = redact.text(`it says (${text}) and stops`);
    expect(left(text.trim(), shown)).toBe("");
    expect(shown).toMatch(/^it says \([^]{0,40}\[hidden\][^]{0,30}\) and stops$/);
  });
});

describe("a value that is known", () => {
  it("is hidden whatever it is, wherever it stands, and whatever stands around it", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const secret = fc.string({ unit: "grapheme", minLength: 8, maxLength: 40 }).filter((one) => one.trim().length >= 8);
    fc.assert(
      fc.property(secret, text, text, fc.constantFrom(...Object.values(forms).slice(0, 2), base64, hex), (one, before, after, form) => {
        const shown = redactorOf([one]).text(`${form(`${before}${one}${after}`)}`);
        expect(shown.includes(form(one))).toBe(false);
        expect(shown).toContain("[hidden]");
      }),
      { numRuns: 500 },
    );
  });

  it("is hidden before a shorter one with which it begins, or that stands in it", () => {
    const redact = redactorOf(["admin123", "admin123-2024!Zx", "2024!Zx-and-more"], { naming: "none" });
    expect(redact.text("a admin123-2024!Zx b")).toBe("a [hidden] b");
    expect(redact.text("a admin123-2024!Zx-and-more b")).toBe("a [hidden] b");
    expect(redact.text("a admin1234 b")).toBe("a [hidden]4 b");
  });

  it("is hidden line by line and trimmed", () => {
    const redact = redactorOf(["  first-line-of-the-secret\n\n\tsecond-line-of-the-secret  \n"]);
    expect(redact.text("it was second-line-of-the-secret, then first-line-of-the-secret.")).toBe("it was [hidden], then [hidden].");
    expect(redactorOf(["\n  trimmed-secret \n"]).text("x:trimmed-secret.")).toBe("x:[hidden].");
  });

  it("is hidden in another alphabet than the one it is kept in", () => {
    const bytes = randomBytes(33);
    const all = [bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex"), bytes.toString("hex").toUpperCase()];
    for (const kept of all)
      for (const shown of all) expect(redactorOf([kept], { naming: "none" }).text(`a ${shown} b`)).toBe("a [hidden] b");
    for (const shown of all) expect(redactorOf([bytes], { naming: "none" }).text(`a ${shown} b`)).toBe("a [hidden] b");
  });

  it("is hidden though what cannot be seen stands in it, and though its end was cut off", () => {
    const secret = "c4n4ry-with-something-within";
    expect(redactorOf([secret]).text("a c4n4ry-with\u200b-some\u00adthing-\u2060within b")).toBe("a [hidden] b");
    const long = randomBytes(600).toString("base64");
    expect(redactorOf([long]).text(`cut: ${long.slice(0, 300)}...`)).toBe("cut: [hidden]...");
  });

  it("leaves the rest, to the character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(redactorOf(["c4n4ry-that-stands-nowhere", randomBytes(40)], { naming: "none" }).text(text)).toBe(text);
      }),
    );
  });
});

/** Seconds of computing that some work takes, whatever else the machine does. */
function seconds(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

describe("what it costs", () => {
  const mega = 1024 * 1024;
  const key = randomBytes(48 * 1024).toString("base64");

  it.each([
    ["base64", randomBytes((mega * 3) / 4).toString("base64")],
    ["hex", randomBytes(mega / 2).toString("hex")],
    ["words", "the quick brown fox jumps over the lazy dog. ".repeat(mega / 45)],
    ["one character", "a".repeat(mega)],
    ["backslashes", "\\".repeat(mega)],
    ["percent signs", "%25".repeat(mega / 3)],
    ["entities", "&amp;".repeat(mega / 5)],
    ["names", "password=".repeat(mega / 9)],
    ["names and quotes", 'token="\\"'.repeat(mega / 9)],
    ["names and white space", `${"secret".padEnd(100)}:`.repeat(mega / 101)],
    ["beginnings of tokens", "eyJ-".repeat(mega / 4)],
    ["beginnings of addresses", "//a:b".repeat(mega / 5)],
    ["beginnings of keys", "-----BEGIN A PRIVATE KEY-----".repeat(mega / 29)],
    ["the secret over and over", key.repeat(Math.ceil(mega / key.length))],
  ])(
    "a megabyte of %s, with a secret of 64 kB and 500 others, does not take seconds",
    (_, text) => {
      const others = Array.from({ length: 500 }, () => randomBytes(60).toString("base64"));
      const redact = redactorOf([key, "a".repeat(65_536), ...others]);
      expect(seconds(() => redact.text(text))).toBeLessThan(5);
    },
    60_000,
  );

  it("a hundred secrets of 64 kB are made ready in moments", () => {
    const all = Array.from({ length: 100 }, () => randomBytes(48 * 1024).toString("base64"));
    expect(seconds(() => redactorOf(all).text("short"))).toBeLessThan(5);
  }, 60_000);
});
