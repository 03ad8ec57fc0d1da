import { describe, expect, it } from "vitest";
import { withoutFingerprints } from "../../../src/core/fingerprint.ts";
import { manifestChanges } from "../../../src/kubernetes/helm/manifest.ts";

const service = (port: number): string => `---
# Source: vault/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: vault
  namespace: vault
  labels:
    name: other
spec:
  ports:
    - port: ${port}
`;
const secret = (password: string): string => `---
apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  password: ${password}
`;

describe("what differs between two manifests", () => {
  it("is nothing where only comments, order and quotes differ", () => {
    expect(
      manifestChanges(
        service(1) + secret("a"),
        `${secret("'a'")}${service(1).replace("# Source: vault/templates/service.yaml", "# Source: elsewhere")}`,
        [],
      ),
    ).toEqual([]);
  });

  it("is said object by object, as YAML", () => {
    const changes = manifestChanges(service(1), service(2) + secret("abc"), []);
    expect(changes.map(({ field }) => field)).toEqual(["Service vault/vault", "Secret db"]);
    expect(changes[0]?.before).toContain("- port: 1");
    expect(changes[0]?.after).toContain("- port: 2");
    expect(changes[1]?.before).toBeUndefined();
  });

  it("an object that goes away has no after", () => {
    expect(manifestChanges(service(1), "", [])).toEqual([
      { field: "Service vault/vault", before: expect.stringContaining("kind: Service") as string, after: undefined },
    ]);
  });

  it("shows what a Secret holds as fingerprints: equal for equal values, different for others", () => {
    expect(manifestChanges(secret("hunter2"), secret("hunter2"), [])).toEqual([]);
    const [change] = manifestChanges(secret("hunter2"), secret("hunter3"), []);
    expect(JSON.stringify(change)).not.toContain("hunter");
    expect(withoutFingerprints(change?.before ?? "")).toBe(withoutFingerprints(change?.after ?? ""));
  });

  it("hides a secret of the values wherever it turned up, and variables that go by a secret's name", () => {
    const pod = `---
kind: Deployment
metadata: {name: a}
spec:
  args: ["--url=https://user:hunter2@db"]
  env:
    - name: API_TOKEN
      value: of-the-chart
    - name: LEVEL
      value: debug
  automountServiceAccountToken: true
`;
    const text = manifestChanges(undefined, pod, ["hunter2"])[0]?.after ?? "";
    expect(text).not.toMatch(/hunter2|of-the-chart/);
    expect(text).toContain("value: debug");
    expect(text).toContain("automountServiceAccountToken: true");
  });

  it.each([
    ["a seal in HCL", 'seal "awskms" {\n  region = "eu"\n  secret_key = "wJalrCANARY/of+a+seal"\n}', "wJalrCANARY"],
    ["a token in HCL", 'seal "transit" { token = "s.Qw3CANARY0123456789abcdef" }', "CANARY"],
    ["a token that OpenBao gave", "it is s.Qw3CANARY0123456789abcdef now", "CANARY"],
    ["an address with a password", "postgres://vault:CANARY-pw@db:5432/vault", "CANARY"],
    ["json in a text", '{"seal": "token = \\"CANARY-of-json\\"", "password": "CANARY-2"}', "CANARY"],
    ["yaml in a text", "db:\n  password: CANARY-of-yaml\n  pass:\n    - a\n", "CANARY"],
    ["a block in yaml in a text", "credentials: |\n  CANARY-1\n  CANARY-2\nother: 1\n", "CANARY"],
    ["a heredoc in HCL", 'credentials = <<EOF\n{"a": "CANARY"}\nEOF\n', "CANARY"],
  ])("hides %s in whatever object, and shows that it changes", (_, value, canary) => {
    const map = (text: string): string =>
      `---\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  config: ${JSON.stringify(text)}\n  more: stays\n`;
    const [change] = manifestChanges(map(value), map(value.replaceAll(canary, `${canary}X`)), []);
    expect(JSON.stringify(change)).not.toContain(canary);
    expect(change?.before).toContain("more: stays");
    expect(change?.before).not.toBe(change?.after);
    expect(withoutFingerprints(change?.before ?? "")).toBe(withoutFingerprints(change?.after ?? ""));
  });

  it.each([10, 60_000, 900_000])("never shows what a Secret holds, though it has %i bytes", (bytes) => {
    const data = (seed: string): string => Buffer.from(seed.repeat(Math.ceil(bytes / seed.length))).toString("base64");
    const big = (seed: string): string =>
      `---\nkind: Secret\nmetadata:\n  name: db\n  annotations:\n    last: '{"data":{"b":"${data(seed)}"}}'\ndata:\n  b: ${data(seed)}\n`;
    const [change] = manifestChanges(big("one canary of a Secret"), big("another one of a Secret"), []);
    expect(JSON.stringify(change).length).toBeLessThan(1_000);
    for (const seed of ["one canary of a Secret", "another one of a Secret"])
      expect(JSON.stringify(change)).not.toContain(data(seed).slice(4, 20));
    const [gone] = manifestChanges(big("one canary of a Secret"), "", []);
    expect(gone?.before).toMatch(/b: fingerprint [0-9a-f]{12}/);
  });

  it("never shows what a Secret within another object holds, nor what else was made of it", () => {
    const text = `---
kind: List
metadata: {name: all}
items:
  - {kind: Secret, metadata: {name: db}, stringData: {url: canary-of-a-list, n: 12345678}}
  - {kind: ConfigMap, metadata: {name: a}, data: {same: "x=canary-of-a-list", coded: ${Buffer.from("x canary-of-a-list").toString("base64")}}}
`;
    const shown = manifestChanges(undefined, text, [])[0]?.after ?? "";
    expect(shown).not.toMatch(/canary-of|12345678/);
    expect(shown).not.toContain(Buffer.from("canary-of-a-list").toString("base64").slice(4, 12));
  });

  it("takes secrets out of what is too long to be taken apart", () => {
    const long = (token: string): string =>
      `---\nkind: CustomResourceDefinition\nmetadata:\n  name: a.example.com\nspec:\n  token: ${token}\n${"  # filler\n".repeat(6000)}`;
    const [change] = manifestChanges(long("hvs.CANARY0123456789abcdef"), long("hvs.CANARYxxxxxxxxxxxxxxxx"), []);
    expect(JSON.stringify(change)).not.toContain("CANARY");
    expect(change?.before).toContain("filler");
  });

  it("names a new definition of a custom resource by its length", () => {
    const long = `---\nkind: CustomResourceDefinition\nmetadata:\n  name: a.example.com\nspec:\n${"  # filler\n".repeat(6000)}`;
    expect(manifestChanges(undefined, long, [])).toEqual([
      { field: "CustomResourceDefinition a.example.com", before: undefined, after: expect.stringMatching(/^\d+ lines$/) as string },
    ]);
  });
});
