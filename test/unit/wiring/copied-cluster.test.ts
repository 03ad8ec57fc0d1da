import { expect, test } from "vitest";
import { copiedCluster } from "../../../src/wiring/auth/copied-cluster.ts";

const kept = {
  kubernetes_host: "https://prod.example.com:6443",
  kubernetes_ca_cert: "-----BEGIN CERTIFICATE-----\nprod\n-----END CERTIFICATE-----\n",
};
const copy = { host: "https://copy.example.com:6443", ca: "copy", connectTo: undefined };
const said = { address: undefined, caCert: undefined, proof: "pod" } as unknown as Parameters<typeof copiedCluster>[3];

test("a cluster of the same UID at another address and with another CA is a conflict, which names the address that says it is meant", () => {
  expect(copiedCluster("k8s-prod", kept, copy, said)).toMatchObject({
    kind: "conflict",
    reason: expect.stringContaining("restored from a copy") as unknown,
    fix: expect.stringContaining("--kubernetes-host https://copy.example.com:6443") as unknown,
  });
});

test.each([
  ["whose address was said", copy, { ...said, address: copy.host }],
  ["that has a new address and the same CA", { ...copy, ca: kept.kubernetes_ca_cert.trimEnd() }, said],
  ["that has a new CA at the same address", { ...copy, host: kept.kubernetes_host }, said],
])("one %s is none", (_, now, settings) => {
  expect(copiedCluster("k8s-prod", kept, now, settings)).toBeUndefined();
});

test("a configuration without a CA says nothing of whose it is", () => {
  expect(copiedCluster("k8s-prod", { ...kept, kubernetes_ca_cert: "" }, copy, said)).toBeUndefined();
});
