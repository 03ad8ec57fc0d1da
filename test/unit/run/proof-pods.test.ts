import { expect, test } from "vitest";
import { at } from "../../../src/core/values.ts";
import { insidePod } from "../../../src/run/verify/inside-pod.ts";
import { probePod } from "../../../src/doctor/facts/probe/pod.ts";
import { givesUsers } from "../../../src/systems/proof-pod.ts";

const question = {
  image: "vault",
  address: "https://v",
  ca: undefined,
  vaultNamespace: undefined,
  mount: "m",
  role: "r",
  audience: undefined,
};
const inside = (more: object = {}) => insidePod({ namespace: "apps", name: "a" }, { ...question, own: "kv/data/a", others: [], ...more });
const shape = { image: "vault", labels: {}, tolerations: [], nodeSelector: {}, pullSecrets: [{ name: "mirror" }] };
const probe = (more: { runAsUser: number | undefined; givenUser: boolean }) =>
  probePod({ namespace: "vault", image: "vault", shape: { ...shape, ...more }, script: "true", env: {}, seconds: 1 });

test("a pod that proves something stays out of meshes", () => {
  for (const { metadata } of [inside(), probe({ runAsUser: undefined, givenUser: false })]) {
    expect(metadata.labels).toMatchObject({ "sidecar.istio.io/inject": "false", "kuma.io/sidecar-injection": "disabled" });
    expect(metadata.annotations).toMatchObject({ "linkerd.io/inject": "disabled", "consul.hashicorp.com/connect-inject": "false" });
  }
});

test("it is pulled and runs as Vault's pod is and does", () => {
  const pod = inside({ pullSecrets: [{ name: "mirror" }], user: 1234 });
  expect([at(pod["spec"], "imagePullSecrets"), at(pod["spec"], "securityContext", "runAsUser")]).toEqual([[{ name: "mirror" }], 1234]);
  expect(at(probe({ runAsUser: 1234, givenUser: false })["spec"], "securityContext", "runAsUser")).toBe(1234);
});

test("the images' own user, where nothing says another; none at all where the cluster gives it, as OpenShift does", () => {
  expect(at(inside()["spec"], "securityContext", "runAsUser")).toBe(100);
  expect(givesUsers(["v1", "security.openshift.io/v1"])).toBe(true);
  for (const pod of [inside({ givenUser: true, user: 100 }), probe({ runAsUser: 100, givenUser: true })])
    for (const field of ["runAsUser", "runAsGroup", "fsGroup"]) expect(at(pod["spec"], "securityContext", field)).toBeUndefined();
});
