import { expect, test } from "vitest";
import type { Flags } from "../../../src/config/sources.ts";
import type { KubeObject, Readers } from "../../../src/systems/world.ts";
import { nextLines } from "../../../src/run/next-lines.ts";
import { plainIngress } from "../../../src/vault/install/plain-ingress.ts";
import { specFrom } from "../spec.ts";

const ingress = (tls?: object[]): KubeObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "vault", namespace: "vault" },
  spec: { rules: [{ host: "vault.example.com" }], ...(tls !== undefined && { tls }) },
});
const spec = (flags: Flags) => specFrom({ cluster: "prod", expose: "Ingress", ingressHost: "vault.example.com", ...flags });
const byController = { consumerVaultAddr: "https://vault.example.com" };

test.each([
  ["without a certificate", {}, ingress(), true],
  ["without a certificate, though an address of http is said", { consumerVaultAddr: "http://vault.example.com" }, ingress([]), true],
  ["with one", {}, ingress([{ secretName: "s" }]), false],
  ["whose controller ends TLS", byController, ingress(), false],
  ["of a Vault that is to speak http", { insecureNoTls: true }, ingress(), false],
] as const)("an Ingress %s is refused: %s", async (_, flags, object, refused) => {
  const found = plainIngress((await spec(flags)).vault, [object]);
  expect(found === undefined).toBe(!refused);
  if (refused) expect(found?.fix).toMatch(/--ingress-tls-secret.*--consumer-vault-addr https.*--insecure-no-tls/);
});

test.each([
  [{}, ingress(), /^kubectl .*port-forward[^]*VAULT_ADDR=https:\/\/127\.0\.0\.1:8200/],
  [byController, ingress(), /^export VAULT_ADDR=https:\/\/vault\.example\.com\n/],
  [{ insecureNoTls: true }, ingress(), /^export VAULT_ADDR=http:\/\/vault\.example\.com\n/],
  [{}, ingress([{ secretName: "s" }]), /^export VAULT_ADDR=https:\/\/vault\.example\.com\n/],
] as const)("with %j what is printed as next sends no token over http, unless that was asked for", async (flags, object, lines) => {
  const vaultKube = {
    context: "hub",
    get: () => Promise.resolve(undefined),
    list: ({ kind }: { kind: string }) => Promise.resolve(kind === "Ingress" ? [object] : []),
  };
  const world = {
    vaultKube,
    nodes: { nodes: () => Promise.resolve([{ name: "vault-0", peerAddress: "https://vault-0.vault-internal:8200" }]) },
    where: { vaultCa: () => Promise.resolve(undefined) },
  } as unknown as Readers;
  expect((await nextLines(await spec(flags), world, {})).join("\n")).toMatch(lines);
});
