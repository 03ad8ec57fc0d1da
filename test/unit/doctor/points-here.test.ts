import { expect, test } from "vitest";
import { addressOf, pointsHere } from "../../../src/doctor/facts/points-here.ts";

const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
const hosts = ["https://10.0.0.1:6443", "https://kubernetes.default.svc", "https://rancher.example.com/k8s/clusters/c-1"].map(addressOf);
const known = { hosts, ca: pem("QQ=="), inside: true };

test.each<[string, { host: string; ca: string }, string | undefined]>([
  [
    "its address and its CA",
    { host: "https://10.0.0.1:6443", ca: pem("QQ==") },
    "its kubernetes_host is this cluster's, https://10.0.0.1:6443, with its CA",
  ],
  ["its address alone", { host: "https://10.0.0.1:6443/", ca: "" }, "its kubernetes_host is this cluster's"],
  ["the port that is meant anyway", { host: "https://kubernetes.default.svc:443", ca: "" }, "its kubernetes_host is this cluster's"],
  ["without a scheme", { host: "kubernetes.default.svc", ca: "" }, "its kubernetes_host is this cluster's"],
  ["capitals", { host: "https://KUBERNETES.default.svc", ca: "" }, "its kubernetes_host is this cluster's"],
  [
    "its CA among others, at another address",
    { host: "https://lb:6443", ca: pem("Qg==") + pem("Q\nQ==") },
    "its CA is this cluster's, at https://lb:6443",
  ],
  ["another port", { host: "https://10.0.0.1:7443", ca: "" }, undefined],
  ["another path of the same proxy", { host: "https://rancher.example.com/k8s/clusters/c-2", ca: "" }, undefined],
  ["another CA", { host: "https://lb:6443", ca: pem("Qg==") }, undefined],
  ["nothing that can be read", { host: "not an address", ca: "" }, undefined],
])("a configuration with %s", (_, config, why) => {
  const because = pointsHere(config, known);
  expect(because?.slice(0, why?.length)).toBe(why);
});

test("where the cluster's CA may not be read, and where there is no configuration, nothing is taken for it", () => {
  expect(pointsHere({ host: "https://lb:6443", ca: pem("QQ==") }, { ...known, ca: "" })).toBeUndefined();
  expect(pointsHere(undefined, known)).toBeUndefined();
});
