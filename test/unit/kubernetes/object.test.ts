import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/systems/world.ts";
import { diffObject, labelled } from "../../../src/kubernetes/object.ts";

const wanted = labelled({
  apiVersion: "external-secrets.io/v1",
  kind: "ClusterSecretStore",
  metadata: { name: "vault" },
  spec: { provider: { vault: { server: "http://vault:8200" } } },
});

describe("an object of ours", () => {
  it("is created when it is not there, with every field as a change", () => {
    const diff = diffObject(undefined, wanted, { context: "my prod" });
    expect(diff.kind).toBe("create");
    expect(diff.kind === "create" && diff.changes.map((change) => change.field)).toContain("spec.provider.vault.server");
  });

  it("is the same when the server only filled in more", () => {
    const found: KubeObject = {
      ...wanted,
      metadata: { ...wanted.metadata, uid: "1", labels: { ...wanted.metadata.labels, extra: "1" } },
      status: { conditions: [] },
    };
    expect(diffObject(found, wanted, { context: "my prod" })).toEqual({ kind: "same" });
  });

  it("is a conflict when it is not marked as ours, and the mend is told", () => {
    const diff = diffObject({ ...wanted, metadata: { name: "vault" } }, wanted, { context: "my prod" });
    expect(diff).toMatchObject({
      kind: "conflict",
      reason: "kubernetes ClusterSecretStore vault exists and is not ours",
      fix: expect.stringContaining(
        "kubectl --context 'my prod' label clustersecretstore vault app.kubernetes.io/managed-by=vault-k8s",
      ) as string,
    });
  });

  it("is updated when a field that we applied before is wanted no longer", () => {
    const audiences = { provider: { vault: { server: "http://vault:8200", audiences: ["vault"] } } };
    const fieldsV1 = { "f:spec": { "f:provider": { "f:vault": { "f:server": {}, "f:audiences": {} } } } };
    const found: KubeObject = {
      ...wanted,
      spec: audiences,
      metadata: { ...wanted.metadata, managedFields: [{ manager: "vault-k8s", operation: "Apply", fieldsV1 }] },
    };
    expect(diffObject(found, wanted, { context: "my prod" })).toEqual({
      kind: "update",
      changes: [{ field: "spec.provider.vault.audiences", before: '["vault"]' }],
    });
  });

  it("leaves alone what another manager added", () => {
    const found: KubeObject = {
      ...wanted,
      spec: { provider: { vault: { server: "http://vault:8200", headers: {} } } },
      metadata: {
        ...wanted.metadata,
        managedFields: [
          { manager: "kubectl", operation: "Apply", fieldsV1: { "f:spec": { "f:provider": { "f:vault": { "f:headers": {} } } } } },
        ],
      },
    };
    expect(diffObject(found, wanted, { context: "my prod" })).toEqual({ kind: "same" });
  });

  it("cannot change the role of a binding", () => {
    const binding = labelled({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "b" },
      roleRef: { name: "system:auth-delegator" },
    });
    expect(diffObject({ ...binding, roleRef: { name: "view" } }, binding, { context: "my prod" })).toMatchObject({
      kind: "conflict",
      fix: expect.stringContaining("kubectl --context 'my prod' delete clusterrolebinding b") as string,
    });
  });
});
