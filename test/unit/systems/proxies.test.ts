import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { kinds } from "../../../src/errors.ts";
import { helmEnvironment } from "../../../src/systems/helm/environment.ts";
import { openKube, type OpenedKube } from "../../../src/systems/kube/open-kube.ts";
import { openTunnel } from "../../../src/systems/kube/tunnel.ts";
import { addressServer } from "../../../src/systems/vault/address.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { httpProxy, socksProxy, type FakeProxy } from "../../fakes/wire/proxy.ts";
import { canary, failsWith, folder, listening, serve, type Served } from "./server.ts";

type Environment = Readonly<Record<string, string>>;

const authority = new Authority("cluster");
const name = "api.corp.test:16443";

/** An API server that is known by a name only behind the proxy. */
const apiServer = (): Promise<Served> =>
  serve(() => ({ json: { metadata: { name: "kube-system", uid: "u" } } }), authority.issue(["api.corp.test", "127.0.0.1"]));

async function context(cluster: Readonly<Record<string, unknown>>, env: Environment): Promise<OpenedKube> {
  const file = join(await folder(), "config");
  const ca = { "certificate-authority-data": Buffer.from(authority.ca).toString("base64") };
  const clusters = [{ name: "c", cluster: { server: `https://${name}`, ...ca, ...cluster } }];
  const users = [{ name: "me", user: { token: canary } }];
  await writeFile(file, stringify({ clusters, users, contexts: [{ name: "c", context: { cluster: "c", user: "me" } }] }));
  const patience = { firstPauseMs: 1, atMostMs: 50 };
  const opened = await openKube({ kubeconfig: file, context: "c" }, { env, timeoutMs: 5_000, patience });
  onTestFinished(() => opened.wire.close());
  return opened;
}

async function listens(proxy: FakeProxy, scheme = "http", login = ""): Promise<string> {
  return `${scheme}://${login}127.0.0.1:${await listening(proxy.server)}`;
}

describe("an API server behind a proxy", () => {
  test.each([
    ["HTTPS_PROXY", "http", `CONNECT ${name}`],
    ["https_proxy", "http", `CONNECT ${name}`],
    ["HTTPS_PROXY", "socks5", `SOCKS ${name}`],
  ])("is reached by %s (%s)", async (variable, scheme, asked) => {
    const { port } = await apiServer();
    const proxy = scheme === "http" ? httpProxy({ [name]: port }) : socksProxy({ [name]: port });
    const { client } = await context({}, { [variable]: await listens(proxy, scheme) });
    expect(await client.clusterUid()).toBe("u");
    expect(proxy.asked).toEqual([asked]);
  });

  test.each(["http", "socks5", "socks5h"])(
    "is reached by proxy-url %s, whatever the environment says; it is given the name",
    async (scheme) => {
      const { port } = await apiServer();
      const proxy = scheme === "http" ? httpProxy({ [name]: port }) : socksProxy({ [name]: port });
      const env = { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" };
      const { client } = await context({ "proxy-url": await listens(proxy, scheme) }, env);
      expect(await client.clusterUid()).toBe("u");
      expect(proxy.asked).toEqual([`${scheme === "http" ? "CONNECT" : "SOCKS"} ${name}`]);
    },
  );

  test("loopback is reached directly by the environment, and through a proxy-url", async () => {
    const { url } = await apiServer();
    const proxy = httpProxy();
    const address = await listens(proxy);
    expect(await (await context({ server: url }, { HTTPS_PROXY: address })).client.clusterUid()).toBe("u");
    expect(proxy.asked).toEqual([]);
    expect(await (await context({ server: url, "proxy-url": address }, {})).client.clusterUid()).toBe("u");
    expect(proxy.asked).toHaveLength(1);
  });

  test("ALL_PROXY and npm's variables count for nothing", async () => {
    const proxy = httpProxy();
    const address = await listens(proxy);
    const { client } = await context({}, { ALL_PROXY: address, all_proxy: address, npm_config_https_proxy: address });
    await failsWith(client.clusterUid(), kinds.kubeUnreachable);
    expect(proxy.asked).toEqual([]);
  });

  test("a port-forward goes the same way", async () => {
    const { port } = await apiServer();
    const proxy = httpProxy({ [name]: port });
    const { wire } = await context({}, { HTTPS_PROXY: await listens(proxy) });
    const opening = openTunnel((await wire.connection()).config, { namespace: "vault", pod: "vault-0", port: 8200 });
    await expect(opening).rejects.toThrow("the API server answered 200 to a port-forward");
    expect(proxy.asked).toEqual([`CONNECT ${name}`]);
  });

  test("lets us in by what stands in its address", async () => {
    const { port } = await apiServer();
    const proxy = httpProxy({ [name]: port });
    const { client } = await context({}, { HTTPS_PROXY: await listens(proxy, "http", "user%40corp:p%3Aw@") });
    await client.clusterUid();
    expect(proxy.introductions).toEqual([`Basic ${Buffer.from("user@corp:p:w").toString("base64")}`]);
  });

  test.each([403, 407, 502])("that answers %s is named, without its password", async (status) => {
    const address = await listens(httpProxy({}, status), "http", `user:${canary}@`);
    const { client } = await context({}, { HTTPS_PROXY: address });
    const error = await failsWith(client.clusterUid(), kinds.kubeUnreachable);
    const shown = address.replace(/\/\/.*@/, "//");
    expect(error.message).toContain(`through the proxy ${shown}`);
    expect(error.why).toContain(`The proxy ${shown} cannot be used: it answered ${status}`);
  });

  test.each(["http", "socks5"])("that is not there is named (%s)", async (scheme) => {
    const { client } = await context({}, { HTTPS_PROXY: `${scheme}://127.0.0.1:1` });
    expect((await failsWith(client.clusterUid(), kinds.kubeUnreachable)).why).toContain(`The proxy ${scheme}://127.0.0.1:1`);
  });

  test("a port-forward and a command in a pod name it too", async () => {
    const { client, wire } = await context({}, { HTTPS_PROXY: "http://127.0.0.1:1" });
    const opening = openTunnel((await wire.connection()).config, { namespace: "vault", pod: "vault-0", port: 8200 });
    await expect(opening).rejects.toThrow("the proxy http://127.0.0.1:1 refused the connection");
    const command = client.exec({ namespace: "vault", pod: "vault-0", container: "vault" }, ["true"]);
    expect((await failsWith(command, kinds.kubeFailed)).why).toBe("The proxy http://127.0.0.1:1 refused the connection.");
  });

  test.each(["proxy.test:3128", "ftp://proxy.test", "http://"])("a proxy-url that kubectl refuses is refused: %s", async (url) => {
    await failsWith(context({ "proxy-url": url }, {}), kinds.kubeconfig);
  });
});

describe("Vault at an address", () => {
  const ask = (address: string, env: Environment, ca?: string) => {
    const agents = new Set<never>();
    return addressServer(address, { env, ca, timeoutMs: 5_000, agents: agents as never }).send({
      method: "GET",
      path: "sys/health",
      headers: {},
    });
  };

  test("at http is asked of the proxy, by the whole address", async () => {
    const { server } = await serve(() => ({ json: { version: "1.21.0" } }));
    const proxy = httpProxy({ "vault.corp.test:8200": (server.address() as AddressInfo).port });
    const env = { HTTP_PROXY: await listens(proxy, "http", "user:pw@") };
    expect((await ask("http://vault.corp.test:8200", env)).json).toEqual({ version: "1.21.0" });
    expect(proxy.asked).toEqual(["GET http://vault.corp.test:8200/v1/sys/health"]);
    expect(proxy.introductions).toEqual([`Basic ${Buffer.from("user:pw").toString("base64")}`]);
  });

  test("at https is reached by a tunnel; NO_PROXY covers subdomains", async () => {
    const { port } = await serve(() => ({ json: {} }), authority.issue(["vault.corp.test"]));
    const proxy = httpProxy({ "vault.corp.test:8200": port });
    const env = { HTTPS_PROXY: await listens(proxy) };
    expect((await ask("https://vault.corp.test:8200", env, authority.ca)).status).toBe(200);
    expect(proxy.asked).toEqual(["CONNECT vault.corp.test:8200"]);
    await expect(ask("https://vault.corp.test:8200", { ...env, NO_PROXY: "corp.test" }, authority.ca)).rejects.toThrow("not known");
  });

  test("on this machine is never asked of a proxy", async () => {
    const { url, port } = await serve(() => ({ json: {} }));
    const proxy = httpProxy();
    const env = { HTTP_PROXY: await listens(proxy) };
    await ask(url, env);
    await ask(`http://localhost:${port}`, env);
    expect(proxy.asked).toEqual([]);
  });

  test("an error names the proxy", async () => {
    const server = addressServer("https://vault.corp.test", {
      env: { HTTPS_PROXY: "http://u:p@127.0.0.1:1" },
      timeoutMs: 5_000,
      agents: new Set(),
    });
    expect(server.title).toBe("https://vault.corp.test, through the proxy http://127.0.0.1:1");
    await expect(server.send({ method: "GET", path: "sys/health", headers: {} })).rejects.toThrow("the proxy http://127.0.0.1:1 refused");
  });
});

test("helm is given the same proxies and the same trust", () => {
  const env = { HTTPS_PROXY: "http://proxy.test:3128", no_proxy: "corp.test", SSL_CERT_FILE: "/etc/company.pem", VAULT_TOKEN: canary };
  const { VAULT_TOKEN: _, ...kept } = env;
  expect(helmEnvironment(env)).toEqual(kept);
});
