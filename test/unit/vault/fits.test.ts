import { describe, expect, it } from "vitest";
import type { Flags } from "../../../src/config/sources.ts";
import { CliError } from "../../../src/core/errors.ts";
import type { KubeObject } from "../../../src/systems/world.ts";
import { fits } from "../../../src/vault/install/fits.ts";
import { charts } from "../../fakes/helm/charts.ts";
import { at, isObject, type Json, type JsonObject } from "../../fakes/wire/json.ts";
import { specFrom } from "../spec.ts";

/** As helm lays values over each other: lists replace lists. */
const over = (below: Json | undefined, above: Json): Json =>
  isObject(below) && isObject(above)
    ? { ...below, ...Object.fromEntries(Object.entries(above).map(([key, value]) => [key, over(below[key], value as Json)])) }
    : above;

const ours: JsonObject = {
  global: { tlsDisable: false },
  server: {
    ha: {
      replicas: 3,
      raft: {
        config: 'listener "tcp" {\n  tls_cert_file = "/vault/tls/tls.crt"\n  tls_key_file = "/vault/tls/tls.key"\n}\nstorage "raft" {}\n',
      },
    },
    extraEnvironmentVars: { VAULT_CACERT: "/vault/tls/ca.crt" },
    volumes: [{ name: "tls", secret: { secretName: "vault-tls", defaultMode: 0o440 } }],
    volumeMounts: [{ name: "tls", mountPath: "/vault/tls", readOnly: true }],
  },
};

/** What is said of values that a person passes; undefined where nothing is. */
async function said(values: JsonObject, flags: Flags = {}, below = ours): Promise<CliError | undefined> {
  const { vault } = await specFrom(flags);
  const objects = charts["vault"]!.render({ name: "vault", namespace: "vault", values: over(below, values) as JsonObject });
  try {
    fits(vault, objects as unknown as KubeObject[]);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).kind.code).toBe("VK1308");
    return error as CliError;
  }
}

/** https://developer.hashicorp.com/vault/tutorials/kubernetes/kubernetes-minikube-tls */
const tutorial: JsonObject = {
  server: {
    extraEnvironmentVars: { VAULT_CACERT: "/vault/userconfig/vault-ha-tls/vault.ca" },
    volumes: [{ name: "userconfig-vault-ha-tls", secret: { defaultMode: 420, secretName: "vault-ha-tls" } }],
    volumeMounts: [{ mountPath: "/vault/userconfig/vault-ha-tls", name: "userconfig-vault-ha-tls", readOnly: true }],
    ha: {
      raft: {
        config:
          'listener "tcp" {\n  tls_disable = 0\n  address = "[::]:8200"\n  tls_cert_file = "/vault/userconfig/vault-ha-tls/vault.crt"\n  tls_key_file  = "/vault/userconfig/vault-ha-tls/vault.key"\n  tls_client_ca_file = "/vault/userconfig/vault-ha-tls/vault.ca"\n}\nstorage "raft" {\n  path = "/vault/data"\n}\n',
      },
    },
  },
};
const kms = [{ name: "kms-creds", secret: { secretName: "kms-creds" } }];
const kmsMount = [{ name: "kms-creds", mountPath: "/vault/userconfig/kms" }];

describe("values that the run can go on with", () => {
  it.each<[string, JsonObject, Flags?]>([
    ["none", {}],
    ["fullnameOverride", { fullnameOverride: "secrets" }],
    [
      "no Service, where pods are told another address",
      { server: { service: { enabled: false } } },
      { consumerVaultAddr: "https://v.corp.test" },
    ],
    [
      "a volume of one's own for what Vault holds",
      {
        server: {
          dataStorage: { enabled: false },
          volumes: [...(at(ours, "server", "volumes") as Json[]), { name: "disk", persistentVolumeClaim: { claimName: "disk" } }],
          volumeMounts: [...(at(ours, "server", "volumeMounts") as Json[]), { name: "disk", mountPath: "/vault" }],
        },
      },
    ],
    ["another port of the Service", { server: { service: { port: 443 } } }],
    ["another number of pods", { server: { ha: { replicas: 1 } } }],
    ["another container", { server: { extraContainers: [{ name: "shipper", image: "shipper:1" }] } }],
    [
      "volumes of one's own beside ours",
      {
        server: {
          volumes: [...kms, { name: "certificates", secret: { secretName: "vault-tls" } }],
          volumeMounts: [...kmsMount, { name: "certificates", mountPath: "/vault/tls" }],
        },
      },
    ],
    ["the namespace of the release, said twice", { global: { namespace: "vault" } }],
    [
      "a Secret of one's own under our names",
      { server: { volumes: [{ name: "tls", secret: { secretName: "mine" } }] } },
      { tlsSecret: "mine" },
    ],
  ])("%s", async (_, values, flags) => {
    expect(await said(values, flags)).toBeUndefined();
  });

  it("plain http, where that was asked for", async () => {
    expect(await said({}, { insecureNoTls: true }, { server: { ha: { replicas: 3 } } })).toBeUndefined();
  });
});

describe("values that it cannot go on with are said, with the value that does it", () => {
  it.each<[string, JsonObject, RegExp, RegExp, Flags?]>([
    [
      "HashiCorp's TLS tutorial",
      tutorial,
      /serves \/vault\/userconfig\/vault-ha-tls\/vault\.crt, of Secret vault-ha-tls/,
      /--tls-secret NAME.*--from-file=tls\.crt=vault\.crt/,
    ],
    [
      "one volume for a KMS",
      { server: { volumes: kms, volumeMounts: kmsMount } },
      /Nothing mounts Secret vault-tls at \/vault\/tls/,
      /Add to server\.volumes in your values: \[\{"name":"tls","secret":\{"secretName":"vault-tls"/,
    ],
    ["a mount without its volume", { server: { volumes: kms } }, /Nothing mounts Secret vault-tls/, /server\.volumeMounts/],
    ["nameOverride", { nameOverride: "secrets" }, /label app\.kubernetes\.io\/name=secrets/, /fullnameOverride: vault-secrets/],
    ["global.namespace", { global: { namespace: "secrets" } }, /into namespace secrets/, /--install-namespace secrets/],
    ["http", { global: { tlsDisable: true } }, /speak http/, /--insecure-no-tls/],
    [
      "a listener without TLS",
      { server: { ha: { raft: { config: 'listener "tcp" {\n  tls_disable = true\n}\nstorage "raft" {}' } } } },
      /tls_disable/,
      /tls_cert_file/,
    ],
    [
      "another storage",
      { server: { ha: { raft: { config: 'listener "tcp" {}\nstorage "file" { path = "/vault/data" }' } } } },
      /no storage "raft"/,
      /storage "raft"/,
    ],
    [
      "no volume for what Vault holds",
      { server: { dataStorage: { enabled: false } } },
      /on no volume that outlives its pod/,
      /dataStorage/,
    ],
    [
      "its storage on a volume that goes with the pod",
      {
        server: {
          dataStorage: { enabled: false },
          volumes: [...(at(ours, "server", "volumes") as Json[]), { name: "scratch", emptyDir: {} }],
          volumeMounts: [...(at(ours, "server", "volumeMounts") as Json[]), { name: "scratch", mountPath: "/vault/data" }],
        },
      },
      /on no volume that outlives its pod/,
      /dataStorage/,
    ],
    [
      "no Service",
      { ui: { enabled: true }, server: { service: { enabled: false } } },
      /Neither Service vault-active nor vault/,
      /--consumer-vault-addr/,
    ],
    ["a port of the pods at which nobody listens", { server: { service: { targetPort: 8300 } } }, /sends to port 8300/, /targetPort/],
    [
      "a CA file that nothing mounts",
      { server: { extraEnvironmentVars: { VAULT_CACERT: "/certs/ca.pem" } } },
      /trust \/certs\/ca\.pem/,
      /VAULT_CACERT/,
    ],
    ["https, where http was asked for", {}, /speak https/, /--insecure-no-tls/, { insecureNoTls: true }],
  ])("%s", async (_, values, why, fix, flags) => {
    const error = await said(values, flags);
    expect(error?.why).toMatch(why);
    expect(error?.fix).toMatch(fix);
  });

  it("a chart without servers", async () => {
    const { vault } = await specFrom({});
    expect(() => fits(vault, [])).toThrow(/not the Vault that this run goes on with/);
  });
});
