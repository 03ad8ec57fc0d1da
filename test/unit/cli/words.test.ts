import fc from "fast-check";
import { describe, expect, it } from "vitest";
import stringWidth from "string-width";
import { failure, kinds } from "../../../src/errors.ts";
import { errorDocument, explain, explainBug } from "../../../src/cli/render/explain.ts";
import { jsonRenderer } from "../../../src/cli/render/json.ts";
import { document } from "../../../src/systems/document.ts";
import { oneLine, printable } from "../../../src/systems/printable.ts";
import { wrap } from "../../../src/cli/render/wrap.ts";
import { fakeTerminal } from "./fake-terminal.ts";

// oxlint-disable-next-line no-control-regex
const dangerous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b[31m", "\u001b]8;;http://x\u0007", "\u009b2J", "\r", "\t", "\n", "\u202e"),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));
const jwt = `eyJhbGciOiJSUzI1NiJ9.${"a".repeat(40)}.${"b".repeat(40)}`;

describe("words made fit to print", () => {
  it("hold no control character, whatever they held", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printable(text)).not.toMatch(dangerous);
        expect(oneLine(text)).not.toMatch(/\n/);
      }),
    );
  });

  it("stay as they are once they are fit", () => {
    fc.assert(
      fc.property(hostile, (text) => printable(printable(text)) === printable(text)),
      { numRuns: 1000 },
    );
  });

  it("leave ordinary text alone", () => expect(printable("Größe: 10 Gi → 20 Gi\n  ok")).toBe("Größe: 10 Gi → 20 Gi\n  ok"));

  it.each(["hvs.CAESIJnotarealtokennotarealtoken", "hvb.AAAAAQJnotarealtokennotarealtoken", jwt])(
    "hide what looks like a token: %s",
    (token) => {
      expect(printable(`the token ${token}, quoted`)).toBe("the token [hidden], quoted");
    },
  );
});

describe("an error", () => {
  const error = failure(kinds.vaultDenied, { what: "No right to read a\u001b[31mb", why: "because", fix: "ask" });

  it("is what happened, why, what to do, and the code, in this order", () => {
    expect(explain(error, fakeTerminal())).toBe(
      "✗ No right to read ab\n  because\n  ask\n  VK1203: The Vault token may not do this; more: vault-k8s explain VK1203\n",
    );
  });

  it("is the same as a document, with what was done before", () => {
    expect(JSON.parse(errorDocument(error, { command: "policy" }))).toEqual({
      apiVersion: "vault-k8s.io/v1",
      kind: "Error",
      code: "VK1203",
      title: "The Vault token may not do this",
      exitCode: 77,
      what: "No right to read ab",
      why: "because",
      fix: "ask",
      run: { command: "policy" },
    });
  });

  it("that nobody foresaw is a bug; its stack is shown with -v only", () => {
    const bug = new TypeError(`x is not a function, token ${jwt}`);
    expect(explainBug(bug, fakeTerminal(), false)).toMatch(/A bug in vault-k8s: x is not a function[^]*report/);
    expect(explainBug(bug, fakeTerminal(), false)).not.toMatch(/\n +at /);
    expect(explainBug(bug, fakeTerminal(), true)).toMatch(/\n +at /);
    expect(explainBug(bug, fakeTerminal(), true)).not.toContain(jwt);
    expect(explainBug("a string", fakeTerminal(), false)).toContain("a string");
  });
});

describe("lines on a terminal", () => {
  it("fit its width, and lose no word", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zé漢]{1,12}$/), { minLength: 1 }),
        fc.integer({ min: 40, max: 200 }),
        (words, columns) => {
          const lines = wrap(words.join(" "), "  ", columns).split("\n");
          expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
          expect(lines.map((line) => line.trim()).join(" ")).toBe(words.join(" "));
        },
      ),
    );
  });

  it("without a terminal stay whole", () => expect(wrap("x ".repeat(300).trim(), "", undefined).split("\n")).toHaveLength(1));
});

describe("documents", () => {
  it("have a version and a kind, and escape what JSON leaves alone", () => {
    const text = document("Run", { id: "a\u009b31m\u202e\u001b[2J" });
    expect(text).not.toMatch(dangerous);
    expect(JSON.parse(text)).toEqual({ apiVersion: "vault-k8s.io/v1", kind: "Run", id: "a\u009b31m\u202e\u001b[2J" });
  });

  it("hold a run in the order in which it happened, written once", () => {
    const written: string[] = [];
    const renderer = jsonRenderer("policy", (text) => void written.push(text));
    renderer.event({ type: "target", cluster: "c", context: "x", server: "s", vault: "v" });
    renderer.event({ cluster: "c", type: "step", id: "policy", title: "P" });
    renderer.event({ cluster: "c", type: "progress", message: "waiting" });
    renderer.event({
      cluster: "c",
      type: "resource",
      step: "policy",
      id: "r",
      result: "created",
      changes: [{ field: "f", after: "a" }],
      command: { lines: "vault" },
    });
    renderer.event({
      cluster: "c",
      type: "check",
      step: "policy",
      id: "c",
      title: "C",
      finding: { kind: "fail", reason: "because", fix: "do" },
    });
    expect(written).toEqual([]);
    renderer.event({
      cluster: "c",
      type: "end",
      exitCode: 0,
      changed: 1,
      pending: 0,
      findings: [],
      dryRun: false,
      notices: [],
      next: ["next"],
    });
    expect(written.map((text) => JSON.parse(text))).toEqual([
      {
        apiVersion: "vault-k8s.io/v1",
        kind: "Run",
        command: "policy",
        target: { cluster: "c", context: "x", server: "s", vault: "v" },
        steps: [
          {
            id: "policy",
            title: "P",
            resources: [{ id: "r", result: "created", changes: [{ field: "f", after: "a" }] }],
            checks: [{ id: "c", title: "C", result: "fail", reason: "because", fix: "do" }],
          },
        ],
        counts: { create: 1, update: 0, delete: 0, unchanged: 0, pending: 0 },
        changed: 1,
        notices: [],
        next: ["next"],
        exitCode: 0,
      },
    ]);
  });
});
