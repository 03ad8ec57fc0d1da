import { expect, test } from "vitest";
import { wiringOf } from "../../../src/config/spec/wiring.ts";
import type { StoreSpec } from "../../../src/config/spec/consumer.ts";
import { consumerKinds } from "../../../src/consumers/kinds.ts";
import { named } from "../../../src/consumers/named.ts";
import type { KubeObject } from "../../../src/systems/world.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";

const { settings } = await resolveSettings({
  flags: { cluster: "eks", kvMount: "kv", kvPrefix: "shop/", authMount: "my", roleName: "app" },
  env: {},
  cwd: "/",
  noFile: true,
});
const store: StoreSpec = { kind: "ClusterSecretStore", name: "typed", namespace: undefined, allowedNamespaces: [] };
const by = { wiring: wiringOf(settings), role: "app", store, env: {} };

const external = (spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: "external-secrets.io/v1",
  kind: "ExternalSecret",
  metadata: { name: "db", namespace: "web", ...metadata },
  spec,
});
const ref = { name: "typed", kind: "ClusterSecretStore" };
const row = (property: string, secretKey = property, key = "shop/db") => ({ secretKey, remoteRef: { key, property } });

test.each<[string, KubeObject, string]>([
  ["all of a secret", external({ secretStoreRef: ref, dataFrom: [{ extract: { key: "shop/db" } }] }), "db"],
  ["at another path", external({ secretStoreRef: ref, dataFrom: [{ extract: { key: "shop/team/one" } }] }), "db=team/one"],
  ["some keys", external({ secretStoreRef: ref, data: [row("user"), row("password")] }), "db#user,password"],
  [
    "with what the server fills in",
    external({
      secretStoreRef: ref,
      target: { name: "db", creationPolicy: "Owner" },
      data: [{ ...row("a"), remoteRef: { ...row("a").remoteRef, conversionStrategy: "Default" } }],
    }),
    "db#a",
  ],
])("of External Secrets, %s", (_, object, said) => expect(named(object, consumerKinds.eso.objects!, by)).toEqual({ said }));

test.each<[string, KubeObject, string]>([
  ["another name of the Secret", external({ secretStoreRef: ref, target: { name: "other" }, data: [row("a")] }), "target.name"],
  ["a key by another name", external({ secretStoreRef: ref, data: [row("a", "b")] }), "spec.data"],
  ["two secrets", external({ secretStoreRef: ref, data: [row("a"), row("b", "b", "shop/api")] }), "several secrets"],
  ["one outside of the folder", external({ secretStoreRef: ref, data: [row("a", "a", "common/a")] }), "outside of kv/shop/"],
  ["a find", external({ secretStoreRef: ref, dataFrom: [{ find: { name: { regexp: "." } } }] }), "outside of"],
  [
    "one that Argo CD applies",
    external({ data: [row("a")] }, { managedFields: [{ manager: "argocd-controller", operation: "Apply" }] }),
    "argocd-controller manages it",
  ],
  ["one of a release", external({ data: [row("a")] }, { labels: { "app.kubernetes.io/managed-by": "Helm" } }), "Helm manages it"],
  [
    "one of a ClusterExternalSecret",
    external({ data: [row("a")] }, { ownerReferences: [{ kind: "ClusterExternalSecret", name: "all", uid: "1" }] }),
    "ClusterExternalSecret all manages it",
  ],
])("what the settings cannot say goes on as it is: %s", (_, object, why) =>
  expect(named(object, consumerKinds.eso.objects!, by)).toEqual({ why: expect.stringContaining(why) }),
);

const kes = consumerKinds.kes.objects!;
const env = { DEFAULT_VAULT_MOUNT_POINT: "my", DEFAULT_VAULT_ROLE: "app" };

test("of kubernetes-external-secrets: what it leaves out is what its operator was told", () => {
  const plain = external({ backendType: "vault", dataFrom: ["kv/data/shop/db"] });
  expect(named(plain, kes, { ...by, env })).toEqual({ said: "db" });
  expect(kes.loginOf?.(plain, env)).toEqual({ mount: "my", role: "app" });
  expect(kes.loginOf?.(plain, {})).toBeUndefined();
  const whole = external({
    backendType: "vault",
    vaultMountPoint: "my",
    vaultRole: "app",
    data: [{ key: "kv/data/shop/db", name: "a", property: "a" }],
  });
  expect(named(whole, kes, by)).toEqual({ said: "db#a" });
  expect(named(external({ ...(whole["spec"] as object), vaultRole: "other" }), kes, by)).toEqual({
    why: expect.stringContaining("vaultRole"),
  });
  expect(kes.loginOf?.(external({ backendType: "secretsManager" }), env)).toBeUndefined();
});
