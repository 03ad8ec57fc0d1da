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

  it("names a new definition of a custom resource by its length", () => {
    const long = `---\nkind: CustomResourceDefinition\nmetadata:\n  name: a.example.com\nspec:\n${"  # filler\n".repeat(6000)}`;
    expect(manifestChanges(undefined, long, [])).toEqual([
      { field: "CustomResourceDefinition a.example.com", before: undefined, after: expect.stringMatching(/^\d+ lines$/) as string },
    ]);
  });
});
