import { expect, it } from "vitest";
import { frontAt } from "../../../src/wiring/auth/fronts.ts";
import { notProven } from "../../../src/wiring/auth/not-proven.ts";

const unknown = { kind: "token-unknown", reason: "the API server does not know the reviewer's token (401 Unauthorized)" } as const;

it.each([
  ["https://rancher.test/k8s/clusters/c-m-abc", "Rancher's proxy", /Authorized Cluster Endpoint/],
  ["https://gke-0123abc-987.us-central1.gke.goog", "the DNS endpoint of GKE", /IP endpoint/],
  [
    "https://connectgateway.googleapis.com/v1/projects/1/locations/global/gkeMemberships/prod",
    "Google's Connect Gateway",
    /--kubernetes-host/,
  ],
  [
    "https://europe-west1-connectgateway.googleapis.com/v1/projects/1/locations/europe-west1/memberships/p",
    "Google's Connect Gateway",
    /jwt auth/,
  ],
  ["https://operator.tail1234.ts.net", "Tailscale's API server proxy", /--kubernetes-host/],
])("%s is said for what it is: %s", (host, name, instead) => {
  for (const result of [unknown, { kind: "untrusted", reason: "unknown authority" } as const]) {
    const error = notProven(host, result);
    expect(error.why).toContain(`That is ${name}: it `);
    expect(error.fix).toMatch(instead);
    expect(error.fix).not.toContain("system:auth-delegator");
  }
});

it("a token that nobody knows is no lacking right, also at an address that says nothing", () => {
  const error = notProven("https://api.corp.test:6443", unknown);
  expect(error.why).toMatch(/^What answers there takes no service account tokens, or not this cluster's: .*401/);
  expect(error.fix).toMatch(/--kubernetes-host.*jwt auth method/);
  expect(`${error.why} ${error.fix}`).not.toMatch(/may not review|auth-delegator/);
});

it("a reviewer that lacks the right is told which", () => {
  const error = notProven("https://api.corp.test:6443", { kind: "reviewer-refused", reason: "cannot create tokenreviews" });
  expect(error.fix).toBe("vault-k8s reviewer binds it to system:auth-delegator. Nothing was written to Vault's config.");
});

it("public authorities are a bundle of theirs", () => {
  expect(notProven("https://api.corp.test", { kind: "untrusted", reason: "r" }).fix).toContain("/etc/ssl/certs/ca-certificates.crt");
});

it.each([
  "https://10.0.0.1:6443",
  "https://ABC.gr7.eu-west-1.eks.amazonaws.com",
  "https://api.c.example.com:6443/",
  "https://rancher.test",
])("nothing is made of %s", (host) => expect(frontAt(host)).toBeUndefined());
