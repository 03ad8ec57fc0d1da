import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import tls from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { kinds } from "../../../src/errors.ts";
import { systemTrust } from "../../../src/systems/http/system-trust.ts";
import { openKube } from "../../../src/systems/kube/open-kube.ts";
import type { KubeWriter } from "../../../src/systems/world.ts";
import { addressServer } from "../../../src/systems/vault/address.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { failsWith, folder, serve } from "./server.ts";

const company = new Authority("company");

/** A bundle, and a folder of certificates, in each of which something is no certificate. */
async function stores(): Promise<{ readonly file: string; readonly dir: string; readonly empty: string }> {
  const home = await folder();
  const [file, dir, empty] = [join(home, "bundle.pem"), join(home, "certs"), join(home, "empty")];
  const broken = "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n";
  await Promise.all([mkdir(dir), mkdir(empty)]);
  await writeFile(file, `# company\n${broken}${company.ca}`);
  await writeFile(join(dir, "company.pem"), company.ca);
  await writeFile(join(dir, "README"), "no certificate");
  return { file, dir, empty };
}

const server = () => serve(() => ({ json: { metadata: { name: "kube-system", uid: "u" } } }), company.issue(["127.0.0.1"]));

async function kube(url: string, env: Readonly<Record<string, string>>): Promise<KubeWriter> {
  const file = join(await folder(), "config");
  const clusters = [{ name: "c", cluster: { server: url } }];
  await writeFile(
    file,
    stringify({
      clusters,
      users: [{ name: "me", user: { token: "t" } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "me" } }],
    }),
  );
  const { client, wire } = await openKube(
    { kubeconfig: file, context: "c" },
    { env, timeoutMs: 5_000, patience: { firstPauseMs: 1, atMostMs: 1 } },
  );
  onTestFinished(() => wire.close());
  return client;
}

describe("whom the system trusts is trusted where nothing else is said", () => {
  test.each(["SSL_CERT_FILE", "SSL_CERT_DIR"])("by %s, at an API server", async (variable) => {
    const { file, dir } = await stores();
    const { url } = await server();
    const where = { SSL_CERT_FILE: file, SSL_CERT_DIR: `/no/such/folder:${dir}` }[variable]!;
    expect(await (await kube(url, { [variable]: where })).clusterUid()).toBe("u");
  });

  test("and nobody else", async () => {
    const { url, seen } = await server();
    const error = await failsWith((await kube(url, {})).clusterUid(), kinds.kubeUnreachable);
    expect(error.fix).toContain("SSL_CERT_FILE");
    expect(seen).toEqual([]);
  });

  test("at an address of Vault; not where a CA is named", async () => {
    const { file } = await stores();
    const { url } = await server();
    const ask = (ca?: string) =>
      addressServer(url, { ca, env: { SSL_CERT_FILE: file }, timeoutMs: 5_000, agents: new Set() }).send({
        method: "GET",
        path: "sys/health",
        headers: {},
      });
    expect((await ask()).status).toBe(200);
    await expect(ask(new Authority("other").ca)).rejects.toMatchObject({ reason: "untrusted" });
  });

  test("a machine that has no store trusts whom Node trusts", async () => {
    const { empty } = await stores();
    expect(systemTrust({ SSL_CERT_FILE: join(empty, "gone"), SSL_CERT_DIR: empty }).ca).toEqual(
      expect.arrayContaining(tls.rootCertificates.slice(0, 3)),
    );
  });
});
