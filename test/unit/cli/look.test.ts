import { expect, test } from "vitest";
import type { KubeObject, KubeReader } from "../../../src/systems/world.ts";
import { foundLines, lookAt } from "../../../src/cli/commands/init/look.ts";

const named = (kind: string, name: string, namespace?: string): KubeObject => ({
  apiVersion: "cert-manager.io/v1",
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

/** A cluster in which only cert-manager is, with these issuers. */
const cluster = (issuers: readonly KubeObject[] | undefined): KubeReader =>
  ({
    serverFacts: () => Promise.resolve({ version: "v1.34.4", clockAheadMs: 0 }),
    get: () => Promise.resolve(issuers === undefined ? undefined : named("CustomResourceDefinition", "certificates.cert-manager.io")),
    list: ({ kind }: { kind: string }) => Promise.resolve((issuers ?? []).filter((issuer) => issuer.kind === kind)),
  }) as unknown as KubeReader;

test("issuers that may sign for Vault are found as --tls-issuer names them", async () => {
  const issuers = [named("ClusterIssuer", "internal"), named("Issuer", "own", "vault"), named("Issuer", "others", "shop")];
  const found = await lookAt(cluster(issuers));
  expect(found.issuers).toEqual(["ClusterIssuer/internal", "own"]);
  expect(foundLines(found)).toContainEqual(expect.stringContaining("cert-manager: ClusterIssuer/internal, own"));
});

test("cert-manager without an issuer, and no cert-manager", async () => {
  expect(foundLines(await lookAt(cluster([])))).toContainEqual(expect.stringContaining("cert-manager: yes, without an issuer for Vault"));
  expect(foundLines(await lookAt(cluster(undefined)))).toContainEqual(expect.stringContaining("cert-manager: none"));
});
