import { expect, test } from "vitest";
import type { KubeObject } from "../../../../src/systems/world.ts";
import type { Flags } from "../../../../src/config/sources.ts";
import { CliError } from "../../../../src/core/errors.ts";
import { issueServer, newAuthority } from "../../../../src/vault/tls/issue.ts";
import { tls } from "../../../../src/vault/tls/step.ts";
import { specFrom } from "../../spec.ts";
import { keeping, secret, type Kept } from "./world.ts";

const certManager = "cert-manager.io/v1";
const certificateIn = ({ objects }: Kept): KubeObject => objects.get("Certificate vault/vault-tls")!;

async function resourceFor(flags: Flags) {
  return tls.resources(await specFrom({ cluster: "p", timeout: "1s", ...flags })).at(-1)!;
}

const failing = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no failure",
    (error: unknown) =>
      error instanceof CliError ? `${error.kind.code} ${error.message} ${error.why ?? ""} ${error.fix ?? ""}` : String(error),
  );

test.each([
  ["internal", { group: "cert-manager.io", kind: "Issuer", name: "internal" }],
  ["ClusterIssuer/internal.ca", { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal.ca" }],
  ["AWSPCAClusterIssuer.awspca.cert-manager.io/pca", { group: "awspca.cert-manager.io", kind: "AWSPCAClusterIssuer", name: "pca" }],
])("--tls-issuer %s names the issuer", async (tlsIssuer, issuerRef) => {
  const world = keeping([certManager]);
  const resource = await resourceFor({ tlsIssuer, tlsDuration: "90d", tlsNames: "vault.example.com" });
  expect(await resource.diff(world.read)).toMatchObject({ kind: "create" });
  await failing(resource.apply(world.write, () => undefined));
  expect(certificateIn(world)["spec"]).toMatchObject({
    secretName: "vault-tls",
    dnsNames: expect.arrayContaining(["vault-active.vault.svc", "*.vault-internal", "vault.example.com"]) as unknown,
    ipAddresses: ["127.0.0.1"],
    duration: "2160h0m0s",
    renewBefore: "720h0m0s",
    issuerRef,
  });
});

test("names and addresses that it is for stay when they are no longer said, since others may use them; with --force-address they go", async () => {
  const world = keeping([certManager]);
  const names = () => {
    const { dnsNames, ipAddresses } = certificateIn(world)["spec"] as { dnsNames: string[]; ipAddresses: string[] };
    return [...dnsNames, ...ipAddresses];
  };
  const apply = async (flags: Flags): Promise<void> =>
    void (await failing((await resourceFor({ tlsIssuer: "internal", ...flags })).apply(world.write, () => undefined)));
  await apply({ tlsNames: ["vault.example.com", "10.9.9.9"] });
  const first = names();
  await apply({});
  // In the same order: nothing has to be issued anew.
  expect(names()).toEqual(first);
  await apply({ tlsNames: ["second.example.com"], replicas: "1" });
  expect(names()).toEqual(expect.arrayContaining(["vault.example.com", "10.9.9.9", "second.example.com"]));
  expect(names()).not.toContain("vault-2.vault-internal");
  await apply({ forceAddress: true });
  expect(names()).not.toEqual(expect.arrayContaining(["vault.example.com"]));
});

test("names of a certificate of our own stay in the one of cert-manager", async () => {
  const world = keeping([certManager]);
  const server = await issueServer(await newAuthority("CN=a", 86_400_000 * 40), {
    commonName: "vault",
    names: ["vault.vault.svc", "vault.example.com"],
    validMs: 86_400_000 * 30,
  });
  world.objects.set("Secret vault/vault-tls", secret("vault-tls", { "tls.crt": server.cert, "tls.key": server.key }));
  await failing((await resourceFor({ tlsIssuer: "internal" })).apply(world.write, () => undefined));
  expect(certificateIn(world)["spec"]).toMatchObject({ dnsNames: expect.arrayContaining(["vault.example.com"]) as unknown });
});

test("where cert-manager is not there, it is told before anything is written", async () => {
  const world = keeping();
  expect(await failing((await resourceFor({ tlsIssuer: "internal" })).diff(world.read))).toMatch(/^VK1232 .*does not serve cert-manager/);
  expect(world.objects.size).toBe(0);
});

test("what cert-manager does not issue in time is told in its own words", async () => {
  const world = keeping([certManager]);
  const resource = await resourceFor({ tlsIssuer: "internal" });
  expect(await failing(resource.apply(world.write, () => undefined))).toMatch(
    /VK1232 .*does not issue.*not looked at yet.*Issuer.cert-manager.io internal/s,
  );
  const conditions = [
    { type: "Ready", status: "False", message: "Issuing certificate as Secret does not exist" },
    { type: "Issuing", status: "False", message: "The request was denied" },
  ];
  world.objects.set("Certificate vault/vault-tls", { ...certificateIn(world), status: { conditions } });
  expect(await resource.diff(world.read)).toMatchObject({
    kind: "update",
    changes: [{ field: "Ready", before: "Issuing certificate as Secret does not exist; The request was denied", after: "True" }],
  });
});

test("once it is issued there is nothing to do; a Certificate of before its last change does not count", async () => {
  const world = keeping([certManager]);
  const resource = await resourceFor({ tlsIssuer: "internal" });
  await failing(resource.apply(world.write, () => undefined));
  const made = certificateIn(world);
  const { dnsNames, ipAddresses } = made["spec"] as { dnsNames: string[]; ipAddresses: string[] };
  const server = await issueServer(await newAuthority("CN=a", 86_400_000 * 40), {
    commonName: "vault",
    names: [...dnsNames, ...ipAddresses],
    validMs: 86_400_000 * 30,
  });
  world.objects.set("Secret vault/vault-tls", secret("vault-tls", { "tls.crt": server.cert, "tls.key": server.key }));
  const ready = (observedGeneration: number): KubeObject =>
    ({
      ...made,
      metadata: { ...made.metadata, generation: 2 },
      status: { conditions: [{ type: "Ready", status: "True", observedGeneration }] },
    }) as KubeObject;
  world.objects.set("Certificate vault/vault-tls", ready(1));
  expect(await resource.diff(world.read)).toMatchObject({ kind: "update" });
  world.objects.set("Certificate vault/vault-tls", ready(2));
  expect(await resource.diff(world.read)).toEqual({
    kind: "same",
    note: expect.stringMatching(/^by cert-manager, expires in 29 days/) as unknown,
  });
});
