import { expect, test } from "vitest";
import type { Spec } from "../../../src/config/spec.ts";
import type { StepId } from "../../../src/config/step-id.ts";
import { steps } from "../../../src/run/steps.ts";
import { sentWith } from "../../../src/vault/root/step.ts";
import { specFrom } from "../spec.ts";

/** A cluster with both operators, each with its own login, stores and secrets. */
async function both(): Promise<Spec> {
  const first = await specFrom({ cluster: "prod", namespace: "shop", secrets: ["db"] });
  const second = await specFrom({
    cluster: "prod",
    operator: "kes",
    operatorNamespace: "kes",
    roleName: "old",
    namespace: "legacy",
    secrets: ["mail"],
  });
  const [eso] = first.consumers;
  const more = { ...eso.stores[0]!, name: "more" };
  return { ...first, consumers: [{ ...eso, stores: [...eso.stores, more] }, ...second.consumers] };
}

test.each<[StepId, readonly string[]]>([
  [
    "external-secrets",
    [
      "kubernetes Namespace external-secrets",
      "helm external-secrets/external-secrets",
      "kubernetes Namespace kes",
      "kubernetes Secret kes/vault-ca",
      "helm kes/kubernetes-external-secrets",
    ],
  ],
  ["role", ["vault auth/k8s-prod/role/external-secrets", "vault auth/k8s-prod/role/old"]],
  ["store", ["kubernetes ClusterSecretStore vault", "kubernetes ClusterSecretStore more"]],
  [
    "secret",
    [
      "kubernetes Namespace shop",
      "kubernetes ExternalSecret shop/db",
      "kubernetes Namespace legacy",
      "kubernetes ExternalSecret legacy/mail",
    ],
  ],
])("%s is for every consumer", async (id, wanted) => {
  expect(steps[id].resources(await both()).map((resource) => resource.id)).toEqual(wanted);
});

test("each is proven, and the successor of the root token may write each role", async () => {
  const spec = await both();
  const titles = steps.verify.checks(spec).map(({ title }) => title);
  expect(titles).toEqual(expect.arrayContaining([expect.stringMatching(/ as external-secrets$/), expect.stringMatching(/ as old$/)]));
  expect(titles).toEqual(expect.arrayContaining(["ClusterSecretStore more is Ready", "Secret legacy/mail equals kv/k8s/prod/mail"]));
  expect(sentWith(spec).map(({ path }) => path)).toEqual(
    expect.arrayContaining(["auth/k8s-prod/role/external-secrets", "auth/k8s-prod/role/old"]),
  );
});
