import { mkdir, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { type Flags } from "../../../src/config/sources.ts";
import { kinds } from "../../../src/errors.ts";
import { openWorld, type World } from "../../../src/run/world/open.ts";
import { openNodes } from "../../../src/run/world/open-nodes.ts";
import type { VaultReader } from "../../../src/systems/world.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { httpProxy } from "../../fakes/wire/proxy.ts";
import { specFrom } from "../spec.ts";
import { canary, failsWith, folder, listening } from "../systems/server.ts";

type Environment = Readonly<Record<string, string>>;

const authority = new Authority("company");
const people = new Authority("people");
const identity = { request_id: "r", data: { id: "me" } };
const answers: http.RequestListener = (_, response) =>
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(identity));

interface Served {
  readonly address: string;
  readonly port: number;
  /** Common names of the client certificates that were shown. */
  readonly shown: string[];
}

async function vault(tls: https.ServerOptions = {}, hosts: readonly string[] = ["127.0.0.1"]): Promise<Served> {
  const shown: string[] = [];
  const server = https.createServer({ ...authority.issue(hosts), ...tls }, (request, response) => {
    shown.push(String((request.socket as TLSSocket).getPeerCertificate()?.subject?.CN));
    answers(request, response);
  });
  const port = await listening(server);
  return { address: `https://127.0.0.1:${port}`, port, shown };
}

const wantsCertificates = { requestCert: true, rejectUnauthorized: true, ca: people.ca };

/** A client by the settings and the environment, as every command that asks a Vault at an address makes one. */
async function client(vaultAddr: string, env: Environment = {}, notices: string[] = []): Promise<VaultReader> {
  const home = await folder();
  const spec = await specFrom({ vaultAddr, ...(env["CA"] !== undefined && { caCert: env["CA"] }) });
  const opened = await openNodes(spec.vault, {
    env: { VAULT_TOKEN: canary, ...env },
    home,
    timeoutMs: 5_000,
    notice: (words) => notices.push(words),
  });
  onTestFinished(() => opened.close());
  return opened.vault;
}

const asks = async (...about: Parameters<typeof client>): Promise<unknown> =>
  (await (await client(...about)).get("auth/token/lookup-self"))?.data;

/** Files of a person: the CA, and a certificate with its key. */
async function files(): Promise<{ dir: string; ca: string; cert: string; key: string }> {
  const dir = await folder();
  const mine = people.issue(["me"]);
  const named = { ca: join(dir, "ca.pem"), cert: join(dir, "me.pem"), key: join(dir, "me.key") };
  await Promise.all([writeFile(named.ca, authority.ca), writeFile(named.cert, mine.cert), writeFile(named.key, mine.key)]);
  return { dir, ...named };
}

describe.each(["TLSv1.2", "TLSv1.3"] as const)("a Vault that asks for client certificates (%s)", (maxVersion) => {
  test.each(["VAULT", "BAO"])("is shown that of %s_CLIENT_CERT and _KEY", async (product) => {
    const { address, shown } = await vault({ ...wantsCertificates, maxVersion });
    const { ca, cert, key } = await files();
    const env = { CA: ca, [`${product}_CLIENT_CERT`]: cert, [`${product}_CLIENT_KEY`]: key };
    expect(await asks(address, env)).toEqual({ id: "me" });
    expect(shown).toEqual(["me"]);
  });

  test("says so to whom has none", async () => {
    const { address } = await vault({ ...wantsCertificates, maxVersion });
    const { ca } = await files();
    const error = await failsWith(asks(address, { CA: ca }), kinds.vaultUnreachable);
    expect(`${error.why ?? ""} ${error.fix ?? ""}`).toMatch(/asks? for a client certificate.*VAULT_CLIENT_CERT/s);
  });
});

describe("a client certificate that cannot be used is named before anything is sent", () => {
  test.each([
    ["without its key", ["cert"]],
    ["of another key", ["cert", "ca"]],
    ["that is not there", ["cert", "none"]],
  ] as const)("%s", async (_, names) => {
    const all: Readonly<Record<string, string>> = { ...(await files()), none: "/nowhere/me.key" };
    const [cert, key] = names.map((name) => all[name] ?? "");
    const env = { VAULT_CLIENT_CERT: cert ?? "", VAULT_CLIENT_KEY: key ?? "" };
    const error = await failsWith(asks("https://127.0.0.1:1", env), kinds.badValue);
    expect(`${error.message} ${error.why ?? ""} ${error.fix ?? ""}`).toContain("VAULT_CLIENT_");
  });
});

describe("whom to trust", () => {
  test("is what VAULT_CACERT_BYTES holds", async () => {
    const { address } = await vault();
    expect(await asks(address, { VAULT_CACERT_BYTES: authority.ca })).toEqual({ id: "me" });
  });

  test.each(["VAULT_CAPATH", "BAO_CAPATH"])("is what lies below %s", async (name) => {
    const { address } = await vault();
    const dir = await folder();
    await mkdir(join(dir, "below"));
    await writeFile(join(dir, "README"), "CAs of ours");
    await writeFile(join(dir, "below", "company.crt"), authority.ca);
    expect(await asks(address, { [name]: dir })).toEqual({ id: "me" });
  });

  test("is the file before the text, and the text before the folder", async () => {
    const { address } = await vault();
    const { ca } = await files();
    expect(await asks(address, { CA: ca, VAULT_CACERT_BYTES: people.ca })).toEqual({ id: "me" });
    expect(await asks(address, { VAULT_CACERT_BYTES: authority.ca, VAULT_CAPATH: "/nowhere" })).toEqual({ id: "me" });
  });

  test.each([{ VAULT_CAPATH: "/nowhere" }, { VAULT_CACERT_BYTES: "no pem" }])("is refused where nothing is there: %j", async (env) => {
    await failsWith(asks("https://127.0.0.1:1", env as Environment), kinds.badValue);
  });

  test("is nobody whose certificate has a common name alone, as for Go", async () => {
    const { port } = await vault(authority.issueByCommonName("localhost"));
    const error = await failsWith(asks(`https://localhost:${port}`, { VAULT_CACERT_BYTES: authority.ca }), kinds.vaultUnreachable);
    expect(error.why).toContain("alternative names");
  });
});

test.each(["VAULT_TLS_SERVER_NAME", "BAO_TLS_SERVER_NAME"])(
  "%s is the name that is asked for, and that the certificate is for",
  async (name) => {
    const { address } = await vault({}, ["vault.corp.test"]);
    const env = { VAULT_CACERT_BYTES: authority.ca };
    await failsWith(asks(address, env), kinds.vaultUnreachable);
    expect(await asks(address, { ...env, [name]: "vault.corp.test" })).toEqual({ id: "me" });
  },
);

test.each(["VAULT_PROXY_ADDR", "VAULT_HTTP_PROXY", "BAO_PROXY_ADDR"])("%s goes before HTTPS_PROXY and NO_PROXY", async (name) => {
  const { port } = await vault({}, ["vault.corp.test"]);
  const proxy = httpProxy({ "vault.corp.test:443": port });
  const env = { VAULT_CACERT_BYTES: authority.ca, HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" };
  expect(await asks("https://vault.corp.test", { ...env, [name]: `http://127.0.0.1:${await listening(proxy.server)}` })).toEqual({
    id: "me",
  });
  expect(proxy.asked).toEqual(["CONNECT vault.corp.test:443"]);
});

test.each([{}, { HTTPS_PROXY: "http://127.0.0.1:1", https_proxy: "http://127.0.0.1:1", ALL_PROXY: "http://127.0.0.1:1" }])(
  "a port-forwarded Vault at https is never asked of the proxy of the environment: %j",
  async (env) => {
    const { address, port } = await vault({}, ["127.0.0.1", "localhost"]);
    const all = { VAULT_CACERT_BYTES: authority.ca, ...(env as Environment) };
    expect(await asks(address, all)).toEqual({ id: "me" });
    expect(await asks(`https://localhost:${port}`, all)).toEqual({ id: "me" });
  },
);

test("what a proxy answers instead of Vault is said to be its answer", async () => {
  const proxy = httpProxy();
  const env = { HTTPS_PROXY: `http://127.0.0.1:${await listening(proxy.server)}` };
  const { message, why } = await failsWith(asks("https://vault.corp.test", env), kinds.vaultUnreachable);
  expect(`${message} ${why ?? ""}`).toMatch(/through the proxy http:\/\/127\.0\.0\.1:\d+.*the proxy http/is);
});

describe("an address", () => {
  test("may be a socket of this machine, as that of an agent, to which no proxy leads", async () => {
    const socket = join(await folder(), "agent.sock");
    const server = http.createServer(answers);
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => void server.close());
    expect(await asks(`unix://${socket}`, { HTTP_PROXY: "http://127.0.0.1:1" })).toEqual({ id: "me" });
  });

  test("may have its scheme in capitals", async () => {
    const { port } = await vault();
    expect(await asks(`HTTPS://127.0.0.1:${port}/`, { VAULT_CACERT_BYTES: authority.ca })).toEqual({ id: "me" });
  });
});

describe("what is not honoured is named, with what does it instead", () => {
  test.each([
    [{ VAULT_SKIP_VERIFY: "true" }, /^VAULT_SKIP_VERIFY .*--ca-cert/],
    [{ BAO_SKIP_VERIFY: "1" }, /^BAO_SKIP_VERIFY .*--ca-cert/],
    [{ VAULT_RATE_LIMIT: "5:5" }, /^VAULT_RATE_LIMIT /],
    [{ BAO_CLIENT_TIMEOUT: "5s" }, /^BAO_CLIENT_TIMEOUT .*--timeout/],
    [{ VAULT_AGENT_ADDR: "http://127.0.0.1:8100" }, /^VAULT_AGENT_ADDR .*--vault-addr/],
  ] as const)("%j", async (env, words) => {
    const notices: string[] = [];
    await client("http://127.0.0.1:1", env as unknown as Environment, notices);
    expect(notices).toEqual([expect.stringMatching(words)]);
  });

  test("unless it says nothing", async () => {
    const notices: string[] = [];
    await client("http://127.0.0.1:1", { VAULT_SKIP_VERIFY: "false", BAO_SKIP_VERIFY: "" }, notices);
    expect(notices).toEqual([]);
  });

  test("VAULT_SKIP_VERIFY turns no check off", async () => {
    const { address } = await vault();
    await failsWith(asks(address, { VAULT_SKIP_VERIFY: "true" }), kinds.vaultUnreachable);
  });
});

describe("a run", () => {
  async function world(flags: Flags, env: Environment, notices: string[] = []): Promise<World> {
    const home = await folder();
    await writeFile(
      join(home, "config"),
      stringify({
        clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:1" } }],
        users: [{ name: "u", user: { token: "t" } }],
        contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
      }),
    );
    const spec = await specFrom({ cluster: "prod", kubeconfig: join(home, "config"), ...flags });
    const options = { env: { VAULT_TOKEN: canary, ...env }, home, caCertIsFallback: true, notice: (words: string) => notices.push(words) };
    const opened = await openWorld(spec, options);
    onTestFinished(() => opened.close());
    return opened;
  }

  test("over a Vault at an address takes them too, and tells pods whom to trust, but not who we are", async () => {
    const { address, shown } = await vault(wantsCertificates);
    const { cert, key } = await files();
    const env = { VAULT_CACERT_BYTES: authority.ca, VAULT_CLIENT_CERT: cert, VAULT_CLIENT_KEY: key };
    const { vault: asked, where, proofs } = await world({ vaultAddr: address }, env);
    expect((await asked.get("auth/token/lookup-self"))?.data).toEqual({ id: "me" });
    expect([shown, await where.consumerCa(), where.showsCertificate]).toEqual([["me"], authority.ca, true]);
    expect(await proofs.vaultAt({ address, ca: authority.ca })).toEqual({ kind: "asks-for-certificate" });
  });

  test("over a Vault in pods is in no way stopped by what is about another one", async () => {
    const env = {
      VAULT_CLIENT_CERT: "/nowhere/me.pem",
      VAULT_CAPATH: "/nowhere",
      VAULT_CACERT_BYTES: "no pem",
      VAULT_PROXY_ADDR: "no proxy at all",
      VAULT_SKIP_VERIFY: "true",
      VAULT_AGENT_ADDR: "http://127.0.0.1:8100",
    };
    const notices: string[] = [];
    const { where } = await world({ caCert: "/nowhere/ca.pem" }, env, notices);
    expect([where.vaultIs, where.showsCertificate]).toEqual(["cluster", false]);
    expect(notices).toEqual([expect.stringContaining("/nowhere/ca.pem")]);
  });

  test("over a socket of this machine says that pods have to be told an address", async () => {
    const { where } = await world({ vaultAddr: "unix:///run/agent.sock" }, {});
    expect((await failsWith(where.consumerAddress(), kinds.noConsumerAddress)).fix).toContain("--consumer-vault-addr");
    const told = await world({ vaultAddr: "unix:///run/agent.sock", consumerVaultAddr: "https://vault:8200" }, {});
    expect(await told.where.consumerAddress()).toBe("https://vault:8200");
  });
});
