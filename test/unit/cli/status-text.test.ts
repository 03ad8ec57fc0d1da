import { describe, expect, it } from "vitest";
import type { ClusterStatus } from "../../../src/run/status/schema.ts";
import { statusText } from "../../../src/cli/render/status-text.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const wired: ClusterStatus = {
  cluster: "eks-prod",
  context: "prod",
  server: "https://api.example.com",
  vault: "https://vault",
  ok: false,
  nodes: [
    {
      name: "vault-0",
      state: "active",
      version: "1.21.0",
      seal: "shamir",
      certificate: { subject: "vault", issuer: "lab CA", notAfter: "2026-12-01T00:00:00.000Z", daysLeft: 7 },
    },
    { name: "vault-10", state: "sealed", version: "1.21.0", detail: "3 of 5 keys needed" },
  ],
  raft: {
    healthy: true,
    failureTolerance: 0,
    peers: [{ id: "vault-0", address: "vault-0.vault-internal:8201", leader: true, voter: true, lastContact: "0s" }],
  },
  keptToken: {
    state: "valid",
    endsAt: "2026-12-31T10:00:00Z",
    secondsLeft: 20 * 86_400,
    lifeSeconds: 32 * 86_400,
    endsSoon: false,
    leadsToRoot: true,
  },
  logins: [
    {
      mount: "k8s-eks-prod",
      found: true,
      ownedBy: "this cluster",
      config: { host: "https://kubernetes.default.svc", checksIssuer: false, usesOwnPodToken: false, reviewerToken: true, caDaysLeft: 900 },
      roles: [
        {
          name: "external-secrets",
          serviceAccounts: ["external-secrets"],
          namespaces: ["external-secrets"],
          audience: "vault",
          policies: ["k8s-eks-prod-read"],
          ttlSeconds: 3600,
          maxTtlSeconds: 86400,
        },
      ],
    },
  ],
  reviewer: { account: "vault-k8s/vault-reviewer", secret: "vault-reviewer-token", ageSeconds: 93_784 },
  operator: {
    kind: "eso",
    namespace: "external-secrets",
    version: "v2.0.1",
    ready: false,
    deployments: [
      { name: "external-secrets", ready: 1, wanted: 1 },
      { name: "external-secrets-webhook", ready: 0, wanted: 1 },
    ],
  },
  stores: [{ kind: "ClusterSecretStore", name: "vault", ready: true, reason: "Valid" }],
  secrets: [
    {
      namespace: "shop",
      name: "db",
      ready: true,
      reason: "SecretSynced",
      store: "vault",
      lastSync: "2026-11-24T00:00:00Z",
      ageSeconds: 34,
    },
    { namespace: "shop", name: "web", ready: false, reason: "SecretSyncedError", store: "vault", message: "could not get secret data" },
  ],
  steps: [
    { id: "policy", title: "Write the policy", state: "ok" },
    { id: "role", title: "Create the role", state: "differs", detail: "vault auth/k: token_ttl" },
  ],
  unknown: [{ what: ["raft health"], why: "The Vault token may not read it", code: "VK1203" }],
};

const text = (clusters: readonly ClusterStatus[], wide = false, how?: Parameters<typeof fakeTerminal>[0]): string =>
  statusText(clusters, { ...fakeTerminal(how), wide });

describe("the status as text", () => {
  it("has a section for each part, a line for each thing, in columns", () => {
    const said = text([wired]);
    expect(said).toMatch(/^Cluster eks-prod, context prod\nVault: https:\/\/vault\n/);
    expect(said).toMatch(
      /\+ vault-0 +active +1\.21\.0 +voter +certificate 7 days left\n {2}✗ vault-10 +sealed +1\.21\.0 +3 of 5 keys needed/,
    );
    expect(said).toMatch(/✔ kept token +ends 2026-12-31, in 20d\n/);
    expect(said).toMatch(/✔ config +https:\/\/kubernetes\.default\.svc +issuer not checked/);
    expect(said).toMatch(/✔ reviewer +vault-k8s\/vault-reviewer +token 1d2h old/);
    expect(said).toMatch(/Secrets:\n {2}✔ shop\/db +synced +34s ago\n {2}✗ shop\/web +not synced +never +SecretSyncedError/);
    expect(said).toMatch(/Steps:\n {2}\+ role +differs: vault auth\/k: token_ttl\n {2}✔ 1 others +ok/);
    expect(said).toMatch(/Not known:\n {2}… raft health +The Vault token may not read it \(VK1203\)/);
  });

  it("says more where there is room", () => {
    expect(text([wired])).not.toContain("tokens for 1h");
    const wide = text([wired], true);
    for (const more of [
      "API server https://api.example.com",
      "tokens for 1h, at most 1d",
      "CA 900 days left",
      "external-secrets-webhook 0/1",
      "✔ policy  ok",
    ])
      expect(wide).toContain(more);
  });

  it("warns of a kept token that ends soon, does not lead back to root, or has ended, with what mends it", () => {
    const soon = { ...wired, keptToken: { ...wired.keptToken!, secondsLeft: 9 * 86_400, endsSoon: true } };
    expect(text([soon])).toMatch(
      /\+ kept token +ends 2026-12-31, in 9d.* +less than a third .*vault-k8s operator renew-token --cluster eks-prod /,
    );
    const closed = { ...wired, keptToken: { ...wired.keptToken!, leadsToRoot: false } };
    expect(text([closed])).toMatch(
      /\+ kept token .*does not lead back to root +before Vault is upgraded: vault-k8s operator generate-root --cluster eks-prod -- vault-k8s operator retire-root --cluster eks-prod\n/,
    );
    expect(text([{ ...wired, keptToken: { state: "ended" } }])).toMatch(
      /✗ kept token +has ended, or was revoked +vault-k8s doctor --cluster eks-prod /,
    );
  });

  it("of many secrets shows those that are not well, and counts the others", () => {
    const [good, bad] = wired.secrets;
    const many = { ...wired, secrets: [...Array.from({ length: 30 }, (_, index) => ({ ...good!, name: `s${index}` })), bad!] };
    expect(text([many])).toMatch(/Secrets:\n {2}✗ shop\/web[^]*✔ 21 more/);
    expect(text([many], true)).toContain("shop/s29");
  });

  it("of a cluster that cannot be asked says why, and what to do", () => {
    const failure = { code: "VK1103", what: "No answer", fix: "Look at the VPN" };
    const gone: ClusterStatus = {
      cluster: "eks-prod",
      ok: false,
      nodes: [],
      logins: [],
      stores: [],
      secrets: [],
      steps: [],
      unknown: [],
      failure,
    };
    expect(text([gone, wired])).toMatch(/^Cluster eks-prod\n {2}✗ No answer \(VK1103\)\n {4}Look at the VPN\n\nCluster/);
  });

  it("is coloured for the place where it goes, not for where progress goes", () => {
    const given = { tty: true, env: { LANG: "C.UTF-8" } };
    expect(text([wired], false, given)).toContain("\u001b[");
    expect(text([wired], false, { ...given, ttyOut: false })).not.toContain("\u001b[");
  });

  it("holds no control character of a server, and nothing that looks like a token", () => {
    const evil: ClusterStatus = {
      ...wired,
      nodes: [{ name: "a\u001b[2J", state: "active", version: "1\u009b2J", detail: "x\ny" }],
      secrets: [{ ...wired.secrets[1]!, reason: "hvs.CAESIABCDEFGHIJKLMNOPQRSTUV" }],
    };
    // oxlint-disable-next-line no-control-regex
    expect(text([evil], true)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|hvs\.CAESI/);
  });
});
