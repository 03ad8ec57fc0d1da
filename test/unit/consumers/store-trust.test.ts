import https from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { unknownToPods } from "../../../src/consumers/store-trust.ts";
import { dial, servedCertificate } from "../../../src/systems/vault/served-certificate.ts";
import type { Readers } from "../../../src/systems/world.ts";
import { Authority } from "../../fakes/tls/certificates.ts";

const publicOnes = tls.getCACertificates("default");
afterEach(() => tls.setDefaultCACertificates(publicOnes));

/** A server with a certificate of an authority of its own. */
async function served(authority: Authority): Promise<URL> {
  const server = https.createServer(authority.issue(["127.0.0.1"]));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const shownAt = (url: URL) => servedCertificate(() => dial(url, undefined), url.hostname);

test("whether a certificate is of a public authority is told by the chain, not by its name or end", async () => {
  const authority = new Authority("company");
  const url = await served(authority);
  expect((await shownAt(url))?.ofPublicAuthority).toBe(false);
  tls.setDefaultCACertificates([authority.ca]);
  expect((await shownAt(url))?.ofPublicAuthority).toBe(true);
});

interface Told {
  readonly vaultIs?: "address" | "cluster";
  readonly ca?: string;
  readonly address?: string;
  readonly certificate?: { readonly ofPublicAuthority: boolean } | undefined;
}

const notices = ({ vaultIs = "address", ca, address = "https://vault.example", ...told }: Told) =>
  unknownToPods({
    where: { vaultIs, consumerCa: () => Promise.resolve(ca), consumerAddress: () => Promise.resolve(address) },
    nodes: {
      nodes: () => Promise.resolve([{ name: "https://vault.example" }]),
      certificate: () => ("certificate" in told ? Promise.resolve(told.certificate) : Promise.resolve({ ofPublicAuthority: false })),
    },
  } as unknown as Readers);

test("a Vault that only this machine's trust store vouches for: pods need its CA, which is said", async () => {
  expect(await notices({})).toEqual([
    { reason: expect.stringContaining("pods have a store of their own"), fix: expect.stringContaining("--ca-cert") },
  ]);
});

test.each<[string, Told]>([
  ["the CA was said", { ca: "PEM" }],
  ["Vault runs in the cluster", { vaultIs: "cluster" }],
  ["a public authority signed it", { certificate: { ofPublicAuthority: true } }],
  ["nothing answers, or http", { certificate: undefined }],
  ["pods go to another address, whose certificate was not seen", { address: "https://inner.example" }],
])("nothing is said where %s", async (_, told) => {
  expect(await notices(told)).toEqual([]);
});
