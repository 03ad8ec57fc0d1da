import { describe, expect, test } from "vitest";
import { stores } from "../../../src/consumers/eso/stores.ts";
import { addresses, type AddressesOf } from "../../../src/run/preflight/addresses.ts";
import { Gathered } from "../../../src/run/preflight/gather.ts";
import type { Readers, VaultAt } from "../../../src/systems/world.ts";
import { specFrom } from "../spec.ts";

const address = "https://vault.corp.test:8200";

function reading(found: VaultAt, showsCertificate = true): { read: Readers; asked: () => number } {
  let asked = 0;
  const where = {
    vaultIs: "address",
    showsCertificate,
    consumerAddress: () => Promise.resolve(address),
    consumerCa: () => Promise.resolve(undefined),
  };
  const proofs = { vaultAt: () => Promise.resolve(((asked += 1), found)) };
  return { read: { where, proofs } as unknown as Readers, asked: () => asked };
}

const about: AddressesOf = {
  host: {} as never,
  tries: false,
  usesStores: true,
  usesAuth: false,
  storesWithoutCertificate: ["external-secrets"],
};

describe("where Vault asks for client certificates", () => {
  test("and the store has none, that is a shortage, with what makes one", async () => {
    const gathered = new Gathered();
    await addresses(reading({ kind: "asks-for-certificate" }).read, about, gathered);
    expect(gathered.shortages).toEqual([
      {
        what: expect.stringContaining(`${address} asks for client certificates, and the store has none`) as string,
        fix: expect.stringMatching(/tls\.crt and tls\.key.*namespace external-secrets.*--store-tls-secret NAME/) as string,
      },
    ]);
  });

  test("and the store has one, that is said, and what proves it", async () => {
    const gathered = new Gathered();
    const lines = await addresses(reading({ kind: "asks-for-certificate" }).read, { ...about, storesWithoutCertificate: [] }, gathered);
    expect([gathered.shortages, lines]).toEqual([[], [{ proven: false, line: expect.stringContaining("verify proves") as string }]]);
  });

  test("a run that shows none itself does not wait for the answer", async () => {
    const { read, asked } = reading({ kind: "vault", version: "1.21.0" }, false);
    await addresses(read, about, new Gathered());
    expect(asked()).toBe(0);
  });
});

describe("--store-tls-secret fills the store's tls", () => {
  test.each([
    ["ClusterSecretStore", { namespace: "external-secrets" }],
    ["SecretStore", {}],
  ])("of a %s", async (storeKind, place) => {
    const spec = await specFrom({
      cluster: "prod",
      vaultAddr: address,
      storeKind,
      storeTlsSecret: "vault-client",
      boundNamespaces: ["external-secrets", "default"],
    });
    const [consumer] = spec.consumers;
    const made = (await stores.spec(
      { spec, consumer, store: consumer.stores[0]! },
      reading({ kind: "asks-for-certificate" }).read,
      "now",
    )) as {
      provider: { vault: { tls: unknown } };
    };
    expect(made.provider.vault.tls).toEqual({
      certSecretRef: { name: "vault-client", key: "tls.crt", ...place },
      keySecretRef: { name: "vault-client", key: "tls.key", ...place },
    });
  });
});
