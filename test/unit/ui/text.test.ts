import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/core/converge.ts";
import type { Summary } from "../../../src/ui/renderer.ts";
import { textRenderer, type TextOptions } from "../../../src/ui/text.ts";
import { fakeTerminal, type Given } from "./fake-terminal.ts";

const plain: TextOptions = { quiet: false, verbose: false, printCommands: false };
const target = { cluster: "c", context: "ctx", server: "https://api", vault: "https://vault" };
const done: Summary = { exitCode: 0, changed: 1, pending: 0, dryRun: false, notices: [], next: [] };
const step: RunEvent = { type: "step", id: "policy", title: "Write the policy" };
const resource = (more: Partial<Extract<RunEvent, { type: "resource" }>> = {}): RunEvent => ({
  type: "resource",
  step: "policy",
  id: "vault sys/policies/acl/p",
  result: "created",
  changes: [],
  command: "vault policy write p -",
  ...more,
});
const progress = (message: string): RunEvent => ({ type: "progress", message });

function rendered(events: readonly RunEvent[], options: Partial<TextOptions> = {}, given: Given = {}, summary: Summary = done) {
  const terminal = fakeTerminal(given);
  const renderer = textRenderer(terminal, { ...plain, ...options });
  renderer.target(target);
  for (const event of events) renderer.event(event);
  renderer.end(summary);
  return { stdout: terminal.stdout(), stderr: terminal.stderr() };
}

describe("a run as text", () => {
  it("names the target once, before anything else", () => {
    const { stderr } = rendered([step, resource()]);
    expect(stderr.startsWith("Cluster  c, context ctx, API server https://api\nVault    https://vault\n")).toBe(true);
    expect(stderr.split("https://api")).toHaveLength(2);
  });

  it.each([
    ["created", "✔ vault sys/policies/acl/p created"],
    ["updated", "✔ vault sys/policies/acl/p updated"],
    ["unchanged", "↷ vault sys/policies/acl/p unchanged"],
    ["would-create", "+ vault sys/policies/acl/p would be created"],
    ["pending", "… vault sys/policies/acl/p known later"],
  ] as const)("says what happened and to what: %s", (result, line) =>
    expect(rendered([step, resource({ result })]).stderr).toContain(`\nWrite the policy\n  ${line}\n`),
  );

  it("keeps standard output for data", () => {
    const { stdout } = rendered([step, progress("waiting"), resource()], {}, {}, { ...done, next: ["vault status"] });
    expect(stdout).toBe("vault status\n");
  });

  it("a step of which nothing is said has no heading", () => expect(rendered([step]).stderr).not.toContain("Write the policy"));

  it("says once what all the later steps wait for", () => {
    const { stderr } = rendered([
      step,
      resource({ result: "pending", note: "no Vault yet" }),
      resource({ result: "pending", note: "no Vault yet" }),
    ]);
    expect(stderr.split("no Vault yet")).toHaveLength(2);
  });

  it("shows what an update changes, and with -v what is new", () => {
    const changes = [{ field: "ttl", before: "1h", after: "2h" }];
    expect(rendered([step, resource({ result: "updated", changes })]).stderr).toContain("\n      ttl: 1h → 2h\n");
    expect(rendered([step, resource({ changes })]).stderr).not.toContain("ttl");
    expect(rendered([step, resource({ changes })], { verbose: true }).stderr).toContain("ttl: 1h → 2h");
  });

  it("shows a text of several lines as a diff", () => {
    const changes = [{ field: "policy", before: "a\nb\nc", after: "a\nB\nc" }];
    expect(rendered([step, resource({ result: "updated", changes })]).stderr).toContain(
      "      policy:\n        a\n      - b\n      + B\n        c\n",
    );
  });

  it("prints the commands on standard output, of what changes only", () => {
    expect(rendered([step, resource()], { printCommands: true }).stdout).toBe("vault policy write p -\n");
    expect(rendered([step, resource({ result: "unchanged" })], { printCommands: true }).stdout).toBe("");
  });

  it("with -q says nothing that went well, and still what to type next", () => {
    expect(rendered([step, progress("waiting"), resource()], { quiet: true }, {}, { ...done, next: ["vault status"] })).toEqual({
      stderr: "",
      stdout: "vault status\n",
    });
  });

  it("tells a missing thing at the end, with what to type", () => {
    const finding = { kind: "missing", reason: "Vault holds nothing at kv/a", fix: "vault-k8s secret put a" } as const;
    const { stderr } = rendered(
      [step, { type: "check", step: "verify", id: "s", title: "Secret a", finding }],
      {},
      {},
      { ...done, notices: [finding] },
    );
    expect(stderr).toContain("  ! Secret a: not yet\n");
    expect(stderr).toContain("\n! Vault holds nothing at kv/a\n  vault-k8s secret put a\n");
  });
});

describe("progress", () => {
  it("is a line each without a terminal, and never the same twice in a row", () => {
    const { stderr } = rendered([step, progress("1 of 3"), progress("1 of 3"), progress("2 of 3")]);
    expect(stderr.match(/… 1 of 3\n {2}… 2 of 3\n/)).not.toBeNull();
    expect(stderr).not.toContain("\r");
  });

  it("is replaced on a terminal, and cut to its width", () => {
    const { stderr } = rendered(
      [step, progress("x".repeat(200)), resource()],
      {},
      { tty: true, columns: 40, env: { NO_COLOR: "1", LANG: "C.UTF-8" } },
    );
    expect(stderr).toContain("\r\u001b[2K  ✔ vault");
    expect(
      Math.max(
        ...stderr
          .split(/[\r\n]/)
          .filter((line) => line.includes("xx"))
          .map((line) => line.length),
      ),
    ).toBeLessThan(40);
  });
});

describe("what others wrote", () => {
  it("cannot move the cursor, colour the screen, or fake a line", () => {
    const evil = "a\u001b[2J\u001b]0;title\u0007\r\u009b31m\u202eb\n  ✔ forged";
    const { stderr } = rendered([
      step,
      resource({ id: evil, note: evil, result: "unchanged" }),
      progress(evil),
      { type: "check", step: "s", id: "c", title: evil, finding: { kind: "pass", detail: evil } },
    ]);
    // oxlint-disable-next-line no-control-regex
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stderr).not.toMatch(/^ +✔ forged/m);
  });
});
