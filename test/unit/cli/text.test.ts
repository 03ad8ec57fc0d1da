import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/core/converge.ts";
import type { RunOutcome } from "../../../src/run/observer.ts";
import { script } from "../../../src/run/script/script.ts";
import { textRenderer, type TextOptions } from "../../../src/cli/render/text.ts";
import { fakeTerminal, type Given } from "./fake-terminal.ts";

const plain: TextOptions = { quiet: false, verbose: false, dryRun: false };
const target = { cluster: "c", context: "ctx", server: "https://api", vault: "https://vault" };
const done: RunOutcome = { cluster: "c", exitCode: 0, changed: 1, pending: 0, findings: [], dryRun: false, notices: [], next: [] };
const step: RunEvent = { type: "step", id: "policy", title: "Write the policy" };
const resource = (more: Partial<Extract<RunEvent, { type: "resource" }>> = {}): RunEvent => ({
  type: "resource",
  step: "policy",
  id: "vault sys/policies/acl/p",
  result: "created",
  changes: [],
  command: { lines: "vault policy write p -", needs: ["vault"] },
  ...more,
});
const progress = (message: string): RunEvent => ({ type: "progress", message });

function rendered(events: readonly RunEvent[], options: Partial<TextOptions> = {}, given: Given = {}, outcome: RunOutcome = done) {
  const terminal = fakeTerminal(given);
  const renderer = textRenderer(terminal, { ...plain, ...options });
  renderer.event({ type: "target", ...target });
  for (const event of events) renderer.event({ ...event, cluster: "c" });
  renderer.event({ type: "end", ...outcome });
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

  it("prints the commands as a script on standard output, with what they rest on once, before them", () => {
    const parts = { vault: { lines: "reach vault", needs: ["work"] }, work: { lines: "work=here" } };
    const { stdout } = rendered([step, resource(), resource()], { script: script("set -eu", parts) });
    expect(stdout).toBe("set -eu\n\nwork=here\n\nreach vault\n\nvault policy write p -\n\nvault policy write p -\n\n");
  });

  it("a plan is data: it goes to standard output, with every change, and counts at the end", () => {
    const changes = [{ field: "ttl", after: "2h" }];
    const plan = [step, resource({ result: "would-create", changes }), resource({ result: "pending", changes })];
    const { stdout, stderr } = rendered(plan, { dryRun: true }, {}, { ...done, dryRun: true });
    expect(stderr).toBe("");
    expect(stdout.match(/ttl: 2h/g)).toHaveLength(2);
    expect(stdout).toContain("Plan: 1 to create, 0 to update, 1 known later, 0 unchanged. Nothing was changed.\n");
  });

  it("a plan whose commands are asked for goes to standard error: the script is the data", () => {
    const { stdout, stderr } = rendered(
      [step, resource({ result: "would-create" })],
      { dryRun: true, script: script("set -eu", { vault: { lines: ":" } }) },
      {},
      { ...done, dryRun: true },
    );
    expect(stdout.startsWith("set -eu\n")).toBe(true);
    expect(stderr).toContain("would be created");
  });

  it("names new texts that are long or many, and shows them with -v", () => {
    const text = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
    const changes = [{ field: "StatefulSet vault/vault", after: text }];
    const plan = (verbose: boolean): string =>
      rendered([step, resource({ result: "would-create", changes })], { dryRun: true, verbose }).stdout;
    expect(plan(false)).toContain("StatefulSet vault/vault: new, 40 lines");
    expect(plan(false)).not.toContain("line 39");
    expect(plan(true)).toContain("      + line 39\n");
  });

  it("shows of a long text only where it differs", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const changes = [
      { field: "policy", before: lines.join("\n"), after: lines.map((line) => (line === "line 20" ? "new" : line)).join("\n") },
    ];
    const { stderr } = rendered([step, resource({ result: "updated", changes })]);
    expect(stderr).toContain("        line 19\n      - line 20\n      + new\n        line 21\n");
    expect(stderr).not.toContain("line 10");
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
