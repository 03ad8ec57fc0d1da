import { X509Certificate } from "node:crypto";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { KubeObject } from "../../../../src/systems/world.ts";
import type { Flags } from "../../../../src/config/sources.ts";
import type { Spec } from "../../../../src/config/spec.ts";
import { secretText } from "../../../../src/systems/secret-data.ts";
import type { AppResource } from "../../../../src/systems/step.ts";
import { tls } from "../../../../src/vault/tls/step.ts";
import { specFrom } from "../../spec.ts";
import { keeping, secret, type Kept } from "./world.ts";

let world: Kept;
beforeEach(() => {
  world = keeping();
});

const specOf = (given: Flags): Promise<Spec> => specFrom({ cluster: "prod", ...given });

/** Runs the step; gives what each resource did, without the namespace. */
async function run(given: Flags = {}): Promise<string[]> {
  const [, ...resources] = tls.resources(await specOf(given));
  const results: string[] = [];
  for (const resource of resources as AppResource[]) {
    const diff = await resource.diff(world.read);
    results.push(
      diff.kind === "same"
        ? `same: ${diff.note ?? ""}`
        : diff.kind === "conflict"
          ? diff.reason
          : diff.changes.map(({ field }) => field).join(),
    );
    if (diff.kind === "create" || diff.kind === "update") await resource.apply(world.write, () => undefined);
  }
  return results;
}

const held = (name: string): KubeObject | undefined => world.objects.get(`Secret vault/${name}`);
const text = (name: string, key: string): string => secretText(held(name), key) ?? "";
const served = (): X509Certificate => new X509Certificate(text("vault-tls", "tls.crt"));
const authority = (): X509Certificate => new X509Certificate(text("vault-tls-ca", "tls.crt"));

describe("an authority and a certificate of our own", () => {
  it("are made once; the key of the authority is not in the Secret that pods mount", async () => {
    expect(await run()).toEqual(["authority", "names,expires"]);
    expect(served().verify(authority().publicKey)).toBe(true);
    expect(text("vault-tls", "ca.crt")).toBe(text("vault-tls-ca", "tls.crt"));
    expect(Object.keys(held("vault-tls")?.["data"] as object).sort()).toEqual(["ca.crt", "tls.crt", "tls.key"]);
    expect(text("vault-tls", "tls.key")).not.toBe(text("vault-tls-ca", "tls.key"));
    expect(await run()).toEqual([
      expect.stringMatching(/^same: authority expires in 3649 days/),
      expect.stringMatching(/^same: certificate expires in 364 days/),
    ]);
  });

  it("a name or an address that it is for stays in the next one, since others may use it; with --force-address it goes", async () => {
    await run({ tlsNames: ["vault.example.com", "10.9.9.9"] });
    expect((await run({ tlsNames: ["second.example.com"], replicas: "1" }))[1]).toBe("names");
    expect([served().checkHost("vault.example.com"), served().checkIP("10.9.9.9")]).toEqual(["vault.example.com", "10.9.9.9"]);
    // Its own pods are no matter of others.
    expect(served().checkHost("vault-2.vault-internal", { wildcards: false })).toBeUndefined();
    expect((await run({ tlsNames: ["third.example.com"], forceAddress: true }))[1]).toBe("names");
    expect([served().checkHost("vault.example.com"), served().checkIP("10.9.9.9")]).toEqual([undefined, undefined]);
    expect(served().checkHost("third.example.com")).toBe("third.example.com");
  });

  it("a certificate that lacks a name, expires soon, or is to be renewed, is made anew by the same authority", async () => {
    // Certificates know whole seconds: the clock stands still, so that it is known in which one something is made.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    onTestFinished(() => void vi.useRealTimers());
    await run({ tlsDuration: "20d", tlsRenewBefore: "10d" });
    const [first, by] = [served().fingerprint256, authority().fingerprint256];
    expect((await run({ tlsNames: ["vault.example.com"] }))[1]).toBe("names,expires");
    expect(served().checkHost("vault.example.com")).toBe("vault.example.com");
    const second = served().fingerprint256;
    expect(second).not.toBe(first);
    expect((await run({ tlsNames: ["vault.example.com"] }))[1]).toMatch(/^same/);
    expect((await run({ tlsNames: ["vault.example.com"], tlsRenew: true }))[1]).toMatch(/^same/);
    // Made in this second, it counts as made in this run.
    const renewing = tls.resources(await specOf({ tlsNames: ["vault.example.com"], tlsRenew: true })).at(-1)!;
    vi.setSystemTime(Date.now() + 2_000);
    const resources = tls.resources(await specOf({ tlsNames: ["vault.example.com"], tlsRenew: true }));
    expect(await resources.at(-1)!.diff(world.read)).toMatchObject({ kind: "update", changes: [{ field: "made" }] });
    await resources.at(-1)!.apply(world.write, () => undefined);
    expect(await resources.at(-1)!.diff(world.read)).toMatchObject({ kind: "same" });
    expect(await renewing.diff(world.read)).toMatchObject({ kind: "same" });
    expect(served().fingerprint256).not.toBe(second);
    expect(authority().fingerprint256).toBe(by);
  });

  it("an authority that would not outlive a new certificate is followed by one that it signs; both are trusted", async () => {
    await run();
    const old = authority();
    // Ten years are left of it, but not ten years and a day.
    expect((await run({ tlsDuration: "3640d", tlsRenewBefore: "11d" }))[0]).toBe("authority");
    expect(authority().subject).not.toBe(old.subject);
    const trusted = text("vault-tls", "ca.crt").match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
    expect(trusted.map((pem) => new X509Certificate(pem).fingerprint256)).toEqual([authority().fingerprint256, old.fingerprint256]);
    const [, cross] = text("vault-tls", "tls.crt").match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
    expect(new X509Certificate(cross ?? "").verify(old.publicKey)).toBe(true);
    expect(served().verify(new X509Certificate(cross ?? "").publicKey)).toBe(true);
  });

  it("Secrets that are not ours, or cannot be read, are told", async () => {
    world.objects.set("Secret vault/vault-tls", secret("vault-tls", { "tls.crt": "x" }));
    expect((await run())[1]).toBe("kubernetes Secret vault/vault-tls exists and is not ours");
    world.objects.set("Secret vault/vault-tls-ca", secret("vault-tls-ca", {}));
    expect((await run())[0]).toBe("kubernetes Secret vault/vault-tls-ca exists and is not ours");
    const labels = { "app.kubernetes.io/managed-by": "vault-k8s" };
    const ours = (name: string, data: Readonly<Record<string, string>>): void => {
      const made = secret(name, data);
      world.objects.set(`Secret vault/${name}`, { ...made, metadata: { ...made.metadata, labels } });
    };
    ours("vault-tls-ca", { "tls.crt": "garbage" });
    ours("vault-tls", { "tls.crt": "garbage" });
    expect(await run()).toEqual(["authority", "certificate"]);
    expect(served().verify(authority().publicKey)).toBe(true);
  });
});
