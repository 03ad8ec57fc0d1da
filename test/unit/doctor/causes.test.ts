import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { causes } from "../../../src/doctor/causes/index.ts";
import type { Evidence } from "../../../src/consumers/diagnosis/evidence.ts";
import type { ErrorKind } from "../../../src/core/errors.ts";
import { failure, kinds } from "../../../src/errors.ts";
import { diagnosisText } from "../../../src/cli/render/diagnosis.ts";
import { examine } from "../../../src/doctor/examine.ts";
import { fakeTerminal } from "../cli/fake-terminal.ts";
import { wrongWith } from "../printed/judge.ts";
import { bare, external, commandLines, login, logs, ownPath, refused, secretPath, theStore, well } from "./evidence.ts";

type Change = Partial<Evidence>;

const config = (fields: object): Change => ({ config: { value: { ...(well.config as { value: object }).value, ...fields } as never } });
const review = (
  kind: "untrusted" | "unreachable" | "not-authenticated" | "reviewer-refused",
  reason: string,
  fields: object = {},
): Change => ({
  review: { value: { host: "https://10.20.0.1:6443", dialled: undefined, caIsClusters: false, result: { kind, reason }, ...fields } },
});
const role = (fields: object): Change => ({ role: { value: { ...(well.role as { value: object }).value, ...fields } as never } });
const reviewer = (fields: object): Change => ({ reviewer: { ...well.reviewer, ...fields } });
const keptToken = { kind: "valid", ttl: 30 * 24 * 3600, life: 32 * 24 * 3600, expires: undefined, closed: [] } as const;
const notReady = { ready: { status: "False", reason: "InvalidProviderConfig", message: "unable to create client" } };
const event = (message: string, ageMs = 1000) => ({ events: [{ message, ageMs }] });
const store = (fields: object): Change => ({ store: { value: { ...theStore, ...fields } } });
const storeLogin = (over: object, words = "permission denied"): Change => ({
  ...store(notReady),
  storeLogin: login(refused(words), [], over),
});
const denied = login(undefined, [{ path: ownPath, kind: "denied", words: "permission denied" }]);
const policy = (text: string | undefined): Change => ({ login: denied, policies: { value: { "k8s-prod-read": text } } });
const failing = (fields: object, read?: object): Change => ({
  externals: {
    value: [
      {
        ...external,
        ready: { status: "False", reason: "SecretSyncedError", message: "could not get secret data from provider" },
        ...fields,
      },
    ],
  },
  ...(read === undefined ? {} : { login: login(undefined, [{ path: ownPath, kind: "absent" }, read as never]) }),
});
const calledWell = (fields: object): Change => ({ externals: { value: [{ ...external, ...fields }] } });
const tooMany = 'Code: 429. Errors: * request path "auth/k8s-prod/login": rate limit quota exceeded';
const notNamed = (...args: Parameters<typeof failing>): Change => ({ ...failing(...args), asked: { ...well.asked, secrets: [] } });
const stopped = (kind: ErrorKind): Change => ({
  vault: { unknown: "it does not", error: failure(kind, { what: "it does not" }) },
  login: login({ kind: "not-tried", words: "it does not" }),
  mount: { unknown: "x" },
  config: { unknown: "x" },
  role: { unknown: "x" },
  policies: { unknown: "x" },
  engine: { unknown: "x" },
  review: { unknown: "x" },
});
const forbidden = (user: string): string =>
  String.raw`{\"kind\":\"Status\",\"message\":\"tokenreviews.authentication.k8s.io is forbidden: User \\"${user}\\" cannot create resource \\"tokenreviews\\" in API group\",\"code\":403}`;
const post = (words: string): string =>
  String.raw`Post \"https://kubernetes.default.svc/apis/authentication.k8s.io/v1/tokenreviews\": ` + words;
const mine = "system:serviceaccount:vault-k8s:vault-reviewer";
const unauthorized = "lookup failed: service account unauthorized; this could mean it has been deleted or recreated with a new token";
const elsewhere = "https://10.20.1.1:6443";

/** How each cause shows: what is otherwise than in a cluster that is well. Words of Vault and of the operator are as they were seen. */
const cases: readonly (readonly [string, string, "certain" | "likely", Change])[] = [
  ["VD01", "no pods", "certain", stopped(kinds.vaultNotInstalled)],
  ["VD02", "no answer", "certain", stopped(kinds.vaultUnreachable)],
  ["VD03", "never initialised", "certain", stopped(kinds.vaultUninitialised)],
  ["VD04", "sealed", "certain", stopped(kinds.vaultSealed)],
  [
    "VD05",
    "no leader",
    "certain",
    {
      ...stopped(kinds.vaultNoActive),
      nodes: {
        value: [
          { name: "vault-0", state: "standby", detail: undefined },
          { name: "vault-1", state: "sealed", detail: undefined },
        ],
      },
    },
  ],
  ["VD06", "pods of an earlier template", "certain", { revisions: { value: { all: 3, old: ["vault-0", "vault-2"] } } }],
  ["VD07", "members without a pod", "certain", { podless: { value: ["vault-4", "vault-3"] } }],
  [
    "VD08",
    "a kept token of an earlier version",
    "certain",
    { keptToken: { value: { ...keptToken, closed: ["sys/generate-root/attempt"] } } },
  ],
  ["VD09", "a kept token with less than a third of its life", "certain", { keptToken: { value: { ...keptToken, ttl: 10 * 24 * 3600 } } }],
  ["VD09", "a kept token that has ended", "certain", { keptToken: { value: { kind: "ended" } } }],
  ["VD10", "no mount", "certain", { mount: { value: undefined }, config: { value: undefined }, role: { value: undefined }, login: bare }],
  [
    "VD11",
    "the other cluster's mount",
    "certain",
    { mount: { value: { type: "kubernetes", accessor: "a", ownership: "other-cluster" } }, login: bare },
  ],
  ["VD12", "another method", "certain", { mount: { value: { type: "userpass", accessor: "a", ownership: "foreign" } }, login: bare }],
  ["VD13", "no config", "certain", { config: { value: undefined }, login: bare }],
  ["VD14", "no reviewer token", "certain", { ...config({ hasReviewerToken: false }), login: bare }],
  ["VD20", "no role", "certain", { role: { value: undefined }, login: login(refused('invalid role name "external-secrets"')) }],
  ["VD21", "another account", "certain", { ...role({ names: ["other"] }), login: login(refused("service account name not authorized")) }],
  ["VD22", "another namespace", "certain", { ...role({ namespaces: ["other"] }), login: login(refused("namespace not authorized")) }],
  [
    "VD23",
    "another audience",
    "certain",
    {
      ...role({ audience: "other" }),
      login: login(refused("invalid audience (aud) claim: audience claim does not match any expected audience")),
    },
  ],
  [
    "VD24",
    "other addresses, and Vault's log is silent",
    "certain",
    { ...role({ cidrs: ["192.0.2.0/24"] }), ...store(notReady), login: bare, log: { kind: "heard", lines: [] } },
  ],
  ["VD24", "other addresses", "likely", { ...role({ cidrs: ["192.0.2.0/24"] }), ...store(notReady), login: bare }],
  ["VD30", "another issuer", "certain", { ...config({ checksIssuer: true }), login: login(refused("invalid issuer (iss) claim")) }],
  [
    "VD31",
    "other keys, as the log says",
    "certain",
    {
      ...config({ pemKeys: 1 }),
      login: bare,
      log: logs("error verifying token signature: no known key successfully validated the token signature"),
    },
  ],
  ["VD31", "other keys", "likely", { ...config({ pemKeys: 1 }), login: bare }],
  [
    "VD32",
    "a clock that is behind",
    "certain",
    { vaultAheadMs: { value: -300_000 }, login: login(refused("invalid issued at (iat) claim: token issued in the future")) },
  ],
  [
    "VD33",
    "a token of a Secret that has expired",
    "certain",
    {
      ...storeLogin({ account: undefined, tokenSecret: { namespace: "x", name: "s", key: "token" } }),
      storeLogin: {
        ...login(refused("invalid expiration time (exp) claim: token is expired"), [], {
          account: undefined,
          tokenSecret: { namespace: "x", name: "s", key: "token" },
        }),
        claims: { exp: 1, nbf: 0, iat: 0, uid: "uid-1", account: { namespace: "external-secrets", name: "external-secrets" } },
      },
    },
  ],
  [
    "VD34",
    "a token of a Secret from the future",
    "certain",
    {
      ...store(notReady),
      storeLogin: {
        ...login(refused("invalid not before (nbf) claim: token not yet valid"), [], {
          account: undefined,
          tokenSecret: { namespace: "x", name: "s", key: "token" },
        }),
        claims: { exp: 2e10, nbf: 1e10, iat: 1e10, uid: "uid-1", account: { namespace: "external-secrets", name: "external-secrets" } },
      },
    },
  ],
  [
    "VD35",
    "a token of the account before",
    "certain",
    {
      ...store(notReady),
      storeLogin: {
        ...login(refused("permission denied"), [], { account: undefined, tokenSecret: { namespace: "x", name: "s", key: "token" } }),
        claims: { exp: 2e10, nbf: 0, iat: 0, uid: "uid-0", account: { namespace: "external-secrets", name: "external-secrets" } },
      },
    },
  ],
  [
    "VD35",
    "pods of before the account was made",
    "likely",
    { account: { value: { uid: "uid-2", createdMs: 60_000, ageMs: 30_000 } }, ...store({ heardMs: 61_000 }) },
  ],
  [
    "VD36",
    "no account",
    "certain",
    { account: { value: undefined }, login: login({ kind: "no-token", missing: true, words: "it does not exist" }) },
  ],
  [
    "VD40",
    "no binding, as the log says",
    "certain",
    { ...reviewer({ binding: { value: false }, mayReview: { value: false } }), login: bare, log: logs(forbidden(mine)) },
  ],
  [
    "VD40",
    "no binding",
    "certain",
    { ...reviewer({ binding: { value: false }, mayReview: { value: false } }), login: bare, ...review("reviewer-refused", "may not") },
  ],
  ["VD41", "no Secret", "certain", { ...reviewer({ secret: { value: undefined } }), login: bare }],
  ["VD42", "another account reviews", "certain", { login: bare, log: logs(forbidden("system:serviceaccount:default:default")) }],
  ["VD42", "a token that is not known", "certain", { login: bare, log: logs(unauthorized) }],
  ["VD42", "nothing else is left", "likely", { login: bare, log: { kind: "denied", reason: "sys/monitor answered 403" } }],
  ["VD42", "the annotation says another", "certain", { ...reviewer({ secret: { value: { filled: true, given: false } } }), login: bare }],
  [
    "VD43",
    "the store asks for tokens without the API server's audience",
    "certain",
    {
      asked: {
        ...well.asked,
        reviewsItself: true,
        reviewer: { ...well.asked.account, givesToken: false, isClient: true, isVaults: false, ends: false },
      },
      ...config({ hasReviewerToken: false }),
      login: login(undefined, undefined, { audiences: ["vault", "https://kubernetes.default.svc"] }),
      storeLogin: login(refused("permission denied")),
    },
  ],
  [
    "VD44",
    "a token that ends is not known",
    "likely",
    { asked: { ...well.asked, reviewer: { ...well.asked.reviewer, givesToken: false, ends: true } }, login: bare, log: logs(unauthorized) },
  ],
  ["VD50", "no scheme", "certain", { ...config({ host: "kubernetes.default.svc" }), login: bare }],
  [
    "VD51",
    "nothing listens there",
    "certain",
    { ...config({ host: elsewhere }), login: bare, ...review("unreachable", "the connection was refused") },
  ],
  [
    "VD51",
    "another cluster, as the log says",
    "certain",
    {
      ...config({ host: elsewhere }),
      login: bare,
      log: logs(post("tls: failed to verify certificate: x509: certificate signed by unknown authority")),
    },
  ],
  ["VD52", "another CA, while logins still work", "certain", review("untrusted", "unable to verify the first certificate")],
  [
    "VD52",
    "another CA, as the log says",
    "certain",
    { login: bare, log: logs(post("tls: failed to verify certificate: x509: certificate signed by unknown authority")) },
  ],
  ["VD53", "another name", "certain", review("untrusted", "Hostname/IP does not match certificate's altnames")],
  ["VD54", "refused, as the log says", "certain", { login: bare, log: logs(post("dial tcp 10.96.0.1:443: connect: connection refused")) }],
  ["VD54", "refused, as a pod saw", "certain", { login: bare, podView: { kind: "unreachable", words: "connection refused" } }],
  ["VD54", "nobody answers, for a long time", "likely", { login: login(refused("permission denied", 3100)) }],
  ["VD60", "no engine", "certain", { engine: { value: undefined } }],
  ["VD61", "version 1", "certain", { engine: { value: { type: "kv", version: "1" } }, login: denied }],
  [
    "VD62",
    "a role without it",
    "certain",
    { login: login({ kind: "in", policies: ["default"] }, [{ path: ownPath, kind: "denied", words: "permission denied" }]) },
  ],
  ["VD63", "no policy", "certain", policy(undefined)],
  ["VD64", "no data/", "certain", policy('path "kv/k8s/prod/*" { capabilities = ["read"] }')],
  ["VD65", "another prefix", "certain", policy('path "kv/data/k8s/dev/*" { capabilities = ["read"] }')],
  ["VD70", "no store", "certain", { store: { value: undefined } }],
  [
    "VD71",
    "another address",
    "certain",
    store({ ...notReady, ...event("dial tcp 10.20.0.1:9: connect: connection refused"), server: "http://10.20.0.1:9" }),
  ],
  [
    "VD71",
    "another address, for long: the operator tries less and less often",
    "likely",
    store({ ...notReady, ...event("dial tcp 10.20.0.1:9: connect: connection refused", 400_000), server: "http://10.20.0.1:9" }),
  ],
  ["VD72", "another mount", "certain", storeLogin({ mount: "k8s-staging" })],
  ["VD73", "another role", "certain", storeLogin({ role: "other" }, 'invalid role name "other"')],
  [
    "VD74",
    "another account",
    "certain",
    storeLogin({ account: { namespace: "external-secrets", name: "other" } }, "service account name not authorized"),
  ],
  ["VD75", "another audience", "certain", storeLogin({ audiences: ["other"] }, "invalid audience (aud) claim")],
  ["VD76", "another engine", "certain", { ...store({ path: "secret" }), ...failing(event("cannot read secret data from Vault")) }],
  ["VD77", "another version", "certain", { ...store({ version: "v1" }), ...failing({}) }],
  [
    "VD78",
    "another CA",
    "certain",
    store({ ...notReady, ...event("tls: failed to verify certificate: x509: certificate signed by unknown authority") }),
  ],
  [
    "VD79",
    "conditions that leave the namespace out",
    "certain",
    failing(event('using cluster store "vault" is not allowed from namespace "default": denied by spec.condition')),
  ],
  ["VD80", "no ExternalSecret", "certain", { externals: { value: [] } }],
  ["VD81", "another store", "certain", failing({ store: { kind: "ClusterSecretStore", name: "other" } })],
  [
    "VD82",
    "another path",
    "certain",
    failing({ keys: [{ path: "k8s/prod/other", property: undefined }] }, { path: "kv/data/k8s/prod/other", kind: "absent" }),
  ],
  ["VD89", "a deleted version", "certain", failing({}, { path: secretPath, kind: "absent", deleted: 3 })],
  ["VD83", "nothing there", "certain", failing({}, { path: secretPath, kind: "absent" })],
  [
    "VD84",
    "no such key",
    "certain",
    failing({ keys: [{ path: "k8s/prod/db", property: "password" }] }, { path: secretPath, kind: "found", keys: ["user"] }),
  ],
  [
    "VD85",
    "a path of others",
    "certain",
    notNamed(
      { name: "theirs", keys: [{ path: "team/x", property: undefined }] },
      { path: "kv/data/team/x", kind: "denied", words: "permission denied" },
    ),
  ],
  ["VD90", "no operator", "certain", { served: { value: false }, store: { unknown: "not served" }, externals: { unknown: "not served" } }],
  [
    "VD90",
    "its kinds were left behind",
    "likely",
    { runs: { value: false }, deployments: { value: [] }, store: { value: undefined }, externals: { value: [] } },
  ],
  ["VD86", "an immutable Secret", "certain", failing(event("could not update secret, target is immutable: secret is immutable"))],
  ["VD87", "a Secret of another ExternalSecret", "certain", failing(event("target is owned by another ExternalSecret: db-2"))],
  [
    "VD88",
    "a broken template",
    "certain",
    failing(event('could not apply template: could not execute template: unable to parse template at key a: function "x" not defined')),
  ],
  ["VD95", "a quota, as the operator meets it", "certain", failing(event(tooMany))],
  ["VD95", "a quota, as the store meets it", "certain", store({ ...notReady, ...event(tooMany) })],
  ["VD95", "a quota that this login meets", "certain", { login: login(refused("lease count quota exceeded")) }],
  ["VD96", "an operator that does not sync", "likely", calledWell({ syncedMs: Date.now() - 3 * 3_600_000 })],
  ["VD97", "synced once, with an old value", "certain", calledWell({ once: true, everySeconds: undefined, differs: true })],
  ["VD98", "another value than Vault's", "certain", calledWell({ differs: true })],
  ["VD99", "a store of another class", "certain", store({ controller: "team-a" })],
  [
    "VD91",
    "no replicas",
    "certain",
    { deployments: { value: [{ name: "external-secrets", wanted: 0, available: 0, account: "external-secrets", args: [] }] } },
  ],
  [
    "VD92",
    "no pod",
    "certain",
    { deployments: { value: [{ name: "external-secrets", wanted: 1, available: 0, account: "external-secrets", args: [] }] } },
  ],
  [
    "VD93",
    "no way to Vault",
    "certain",
    { ...store({ ...notReady, ...event("dial tcp 10.96.3.4:8200: connect: connection refused") }), storeLogin: login() },
  ],
  ["VD94", "an old failure", "likely", { ...store({ ...notReady, ...event("permission denied", 400_000) }), storeLogin: login() }],
];

describe("each cause shows in its evidence, and is named first", () => {
  it.each(cases)("%s: %s (%s)", async (code, _, sure, change) => {
    const { causes: found } = examine({ ...well, ...change }, commandLines);
    expect(found.map((one) => one.code)[0]).toBe(code);
    expect(found[0]?.sure).toBe(sure);
    expect(found[0]?.evidence.length).toBeGreaterThan(0);
    expect(found[0]?.mend.command).toMatch(/^(vault-k8s|vault|kubectl|printf|timedatectl) /);
    expect(JSON.stringify(found)).not.toMatch(/undefined|\[object/);
    for (const { mend } of found) expect(await wrongWith(mend.command), mend.command).toEqual([]);
  });

  it("has a case for each", () => expect([...new Set(cases.map(([code]) => code))].sort()).toEqual(causes.map(({ code }) => code).sort()));
});

describe("no cause", () => {
  test("in a cluster that is well", () => {
    const findings = examine(well, commandLines);
    expect([findings.causes, findings.symptoms]).toEqual([[], []]);
    expect(findings.seen.length).toBeGreaterThan(8);
  });

  test.each<readonly [string, Change, RegExp]>([
    ["a reason in Vault's log that is not known", { login: bare, log: logs("something that nobody has seen") }, /permission denied/],
    ["words of Vault that are not known", { login: login(refused("internal error")) }, /internal error/],
    [
      "an ExternalSecret whose Secret Kubernetes refuses",
      failing(event('Secret "db" is invalid: data[tls.crt]: Required value')),
      /data\[tls\.crt\]: Required value/,
    ],
    [
      "pods of before the account was made, which the operator shows to work",
      {
        account: { value: { uid: "uid-2", createdMs: 60_000, ageMs: 30_000 } },
        ...store({ heardMs: 80_000 }),
        ...failing(event("something else")),
      },
      /something else/,
    ],
    [
      "a handshake that says nothing of Vault: another address was dialled with the right CA",
      {
        login: login(refused("storage quota exceeded")),
        ...review("untrusted", "self-signed certificate", { dialled: "https://proxy", caIsClusters: true }),
      },
      /quota/,
    ],
    [
      "nothing that could be asked",
      {
        ...stopped(kinds.vaultBadToken),
        served: { unknown: "x" },
        deployments: { unknown: "x" },
        store: { unknown: "x" },
        externals: { unknown: "x" },
        account: { unknown: "x" },
        reviewer: {
          secretName: "vault-reviewer-token",
          account: { unknown: "x" },
          secret: { unknown: "x" },
          binding: { unknown: "x" },
          mayReview: { unknown: "x" },
        },
      },
      /Vault cannot be asked/,
    ],
  ])("for %s, but what does not work is told", (_, change, words) => {
    const findings = examine({ ...well, ...change }, commandLines);
    expect(findings.causes).toEqual([]);
    expect(findings.symptoms.join("\n")).toMatch(words);
  });

  test("where the operator says why, its own sentence comes first", () => {
    const findings = examine({ ...well, ...failing(event("something that nobody has seen")) }, commandLines);
    expect(findings.said).toBe("something that nobody has seen");
    const terminal = fakeTerminal();
    const shown = { cluster: "prod", context: "prod", vault: "v", findings, mended: [], exitCode: 1 } as const;
    const lines = diagnosisText(shown, terminal, false).split("\n").filter(Boolean);
    expect(lines[1]).toMatch(/No cause found; the operator says: something that nobody has seen$/);
    expect(examine(well, commandLines).said).toBeUndefined();
  });

  test("a store of the class that the operator looks after, or of none that is known, is no finding", () => {
    const operatorOf = (args: readonly string[]): Change => ({
      deployments: { value: [{ name: "external-secrets", wanted: 1, available: 1, account: "external-secrets", args }] },
    });
    const codes = (change: Change): string[] =>
      examine({ ...well, ...store({ controller: "team-a" }), ...change }, commandLines).causes.map(({ code }) => code);
    expect(codes(operatorOf(["--concurrent=1", "--controller-class=team-a"]))).toEqual([]);
    expect(codes({ deployments: { unknown: "x" } })).toEqual([]);
    expect(codes(operatorOf(["--controller-class=team-b"]))).toEqual(["VD99"]);
  });

  test("a sync that is late within two intervals, or that cannot be compared, is no finding", () => {
    const late = { externals: { value: [{ ...external, syncedMs: Date.now() - 2 * 3_600_000, differs: undefined }] } };
    expect(examine({ ...well, ...late }, commandLines).causes).toEqual([]);
  });
});

test("of two faults the one that a login meets first stands first, and a likely one stands behind a certain one", () => {
  const both = {
    ...well,
    role: { value: undefined },
    login: login(refused('invalid role name "external-secrets"')),
    deployments: { value: [{ name: "external-secrets", wanted: 0, available: 0, account: "external-secrets", args: [] }] },
  };
  expect(examine(both, commandLines).causes.map(({ code }) => code)).toEqual(["VD20", "VD91"]);
  const unsure = {
    ...well,
    login: login(refused("permission denied", 3100)),
    deployments: { value: [{ name: "external-secrets", wanted: 0, available: 0, account: "external-secrets", args: [] }] },
  };
  expect(examine(unsure, commandLines).causes.map(({ sure }) => sure)).toEqual(["certain", "likely"]);
});

test("what is not this cluster's is not written by a step", () => {
  const foreign = examine(
    { ...well, mount: { value: { type: "kubernetes", accessor: "a", ownership: "foreign" } }, config: { value: undefined }, login: bare },
    commandLines,
  ).causes[0];
  expect(foreign?.mend.steps).toBeUndefined();
  expect(foreign?.mend.command).toContain('vault auth tune -description="managed by vault-k8s, cluster UID" k8s-prod/ && vault-k8s auth');
  const patched = examine({ ...well, ...storeLogin({ role: "other" }), ...store({ ...notReady, foreign: true }) }, commandLines).causes[0];
  expect(patched?.mend.command).toBe(
    `kubectl --context prod patch clustersecretstore vault --type merge -p '{"spec":{"provider":{"vault":{"auth":{"kubernetes":{"role":"external-secrets"}}}}}}'`,
  );
});

test("a CA that another tool wrote into the store is replaced by a patch, with the one that signed", () => {
  const found = examine({ ...well, ...store({ ...notReady, ...event("x509: unknown authority"), foreign: true }) }, commandLines).causes[0];
  expect(found?.code).toBe("VD78");
  expect(found?.mend.command).toBe(
    `kubectl --context prod patch clustersecretstore vault --type merge -p '{"spec":{"provider":{"vault":{"caBundle":"Q0E=","caProvider":null}}}}'`,
  );
});

const old = { apiVersion: "external-secrets.io/v1beta1" };

test.each<readonly [string, Change]>([
  ["VD73", { ...storeLogin({ role: "other" }), ...store({ ...old, ...notReady, foreign: true }) }],
  ["VD81", { ...store(old), ...failing({ ...old, store: { kind: "SecretStore", name: "vault" }, foreign: true }) }],
  ["VD94", { ...failing(old), ...store({ ...old, ...notReady, ...event("permission denied", 400_000) }), storeLogin: login() }],
])("%s is mended in the version that the operator serves", async (code, change) => {
  const { mend } = examine({ ...well, ...change }, commandLines).causes.find((cause) => cause.code === code)!;
  const asked: string[] = [];
  const kube = { get: ({ apiVersion }: { apiVersion: string }) => Promise.resolve(void asked.push(apiVersion)) };
  for (const resource of mend.resources!) await resource.diff({ kube } as never);
  expect([...new Set(asked)]).toEqual([old.apiVersion]);
});

describe("an account that is not there", () => {
  const gone: Change = { account: { value: undefined }, login: login({ kind: "no-token", missing: true, words: "it does not exist" }) };

  test("is made, and the pods that run as it are started anew, no others", () => {
    const webhook = { name: "webhook", wanted: 1, available: 1, account: "webhook", args: [] };
    const deployments = { value: [{ ...webhook, name: "external-secrets", account: "external-secrets" }, webhook] };
    expect(examine({ ...well, ...gone, deployments }, commandLines).causes[0]?.mend.command).toBe(
      "kubectl --context prod create serviceaccount external-secrets -n external-secrets && kubectl --context prod rollout restart deployment external-secrets -n external-secrets",
    );
  });

  test("is the operator's chart's to make, where there is no operator", () => {
    const none: Change = { served: { value: false }, deployments: { value: [] }, store: { unknown: "x" }, externals: { unknown: "x" } };
    expect(examine({ ...well, ...gone, ...none }, commandLines).causes.map(({ code }) => code)).toEqual(["VD90"]);
  });
});

describe("docs/causes.md", () => {
  const sections = readFileSync(join(import.meta.dirname, "../../../docs/causes.md"), "utf8")
    .split(/^## /m)
    .slice(1);

  it("has a section for every cause, with its title", () => {
    expect(sections.map((section) => section.split("\n")[0])).toEqual(
      [...causes].sort((a, b) => a.code.localeCompare(b.code)).map(({ code, title }) => `${code} ${title}`),
    );
  });
});
