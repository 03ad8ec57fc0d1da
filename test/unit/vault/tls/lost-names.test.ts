import { expect, test } from "vitest";
import { failure, kinds } from "../../../../src/errors.ts";
import type { Flags } from "../../../../src/config/sources.ts";
import type { Readers } from "../../../../src/systems/world.ts";
import { readCertificate } from "../../../../src/vault/tls/certificate.ts";
import { issueServer, newAuthority } from "../../../../src/vault/tls/issue.ts";
import { losesNames } from "../../../../src/vault/tls/lost-names.ts";
import { specFrom } from "../../spec.ts";

const uid = "11111111-2222-3333-4444-555555555555";
const mount = (type: string, description = "") => ({ type, description });
const nobodyElse = { "token/": mount("token"), "k8s-prod/": mount("kubernetes", `managed by vault-k8s, cluster ${uid}`) };
const world = (auth: object | undefined): Readers =>
  ({
    kube: { clusterUid: () => Promise.resolve(uid), list: () => Promise.resolve([]) },
    vault: {
      get: () => (auth === undefined ? Promise.reject(failure(kinds.vaultDenied, { what: "no" })) : Promise.resolve({ data: auth })),
    },
  }) as unknown as Readers;

async function refused(auth: object | undefined, flags: Flags = {}): Promise<string | undefined> {
  const authority = await newAuthority("CN=a", 86_400_000);
  const { cert } = await issueServer(authority, { commonName: "vault", names: ["a.example.com"], validMs: 1_000_000 });
  const spec = await specFrom({ cluster: "prod", ...flags });
  const served = ["vault.vault.svc", "vault-0.vault-internal", "a.example.com", "b.example.com", "10.9.9.9"];
  return (await losesNames(world(auth), spec, served, readCertificate(cert)!))?.reason;
}

test("a certificate of somebody else that is no more for names that others may use is not served, unless nobody else logs in, or with --force-address", async () => {
  const others = { ...nobodyElse, "k8s-other/": mount("kubernetes", "managed by vault-k8s, cluster 22222222-2222-3333-4444-555555555555") };
  expect(await refused(others)).toBe(
    "Vault's certificate would no longer be for b.example.com, 10.9.9.9, and others log in to this Vault at auth/k8s-other",
  );
  for (const unknown of [undefined, {}]) expect(await refused(unknown)).toContain("it cannot be known who else logs in");
  expect(await refused(nobodyElse)).toBeUndefined();
  expect(await refused(others, { forceAddress: true })).toBeUndefined();
});
