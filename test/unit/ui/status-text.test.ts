import { describe, expect, it } from "vitest";
import { statusText, type ClusterStatus } from "../../../src/ui/status-text.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const wired: ClusterStatus = {
  cluster: "eks-prod",
  context: "prod",
  vault: "https://vault",
  nodes: [
    { name: "vault-0", state: "active", version: "1.21.0", detail: undefined },
    { name: "vault-10", state: "sealed", version: "1.21.0", detail: "3 of 5 keys needed" },
  ],
  steps: [
    { id: "policy", title: "Write the policy", state: "ok", detail: undefined },
    { id: "role", title: "Create the role", state: "differs", detail: "vault auth/k: token_ttl" },
  ],
  failure: undefined,
};

describe("the status as text", () => {
  it("has a line for each node and each step, in columns", () => {
    expect(statusText([wired], fakeTerminal())).toBe(
      [
        "Cluster eks-prod, context prod",
        "Vault: https://vault",
        "  ✔ vault-0   active  1.21.0",
        "  ✗ vault-10  sealed  1.21.0: 3 of 5 keys needed",
        "Steps:",
        "  ✔ policy  ok",
        "  + role    differs: vault auth/k: token_ttl",
        "",
      ].join("\n"),
    );
  });

  it("of a cluster that cannot be asked says why, and what to do", () => {
    const failure = { code: "VK1103", what: "No answer", fix: "Look at the VPN" };
    const gone: ClusterStatus = { ...wired, nodes: [], steps: [], context: undefined, failure };
    expect(statusText([gone, wired], fakeTerminal())).toMatch(
      /^Cluster eks-prod\n {2}✗ No answer \(VK1103\)\n {4}Look at the VPN\n\nCluster/,
    );
  });

  it("is coloured for the place where it goes, not for where progress goes", () => {
    const given = { tty: true, env: { LANG: "C.UTF-8" } };
    expect(statusText([wired], fakeTerminal(given))).toContain("\u001b[");
    expect(statusText([wired], fakeTerminal({ ...given, ttyOut: false }))).not.toContain("\u001b[");
  });

  it("holds no control character of a server", () => {
    const evil: ClusterStatus = { ...wired, nodes: [{ name: "a\u001b[2J", state: "active", version: "1\u009b2J", detail: "x\ny" }] };
    // oxlint-disable-next-line no-control-regex
    expect(statusText([evil], fakeTerminal())).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
