import { readFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { lend, type Lent } from "../../../src/run/world/lend.ts";
import type { Plan } from "../../../src/run/world/choice.ts";
import type { VaultRoute, VaultServer } from "../../../src/systems/vault/server.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { folder } from "../systems/server.ts";

const authority = new Authority("vault");
const ends: (() => unknown)[] = [];
afterEach(async () => void (await Promise.all(ends.splice(0).map((end) => end()))));

/** A server that says who it is and ends; behind a tunnel. */
async function behindTunnel(says: string): Promise<() => Promise<Duplex>> {
  const server = net.createServer((socket) => void socket.end(says)).listen(0, "127.0.0.1");
  await new Promise((resolve) => void server.once("listening", resolve));
  ends.push(() => server.close());
  return () => Promise.resolve(net.connect((server.address() as AddressInfo).port, "127.0.0.1"));
}

const serverOf = (tunnel: VaultServer["tunnel"], names: readonly string[] | undefined): VaultServer =>
  ({
    name: "vault-0",
    peerAddress: `${names === undefined ? "http" : "https"}://vault-0.vault-internal:8200`,
    tunnel,
    certificate: () => Promise.resolve(names && { subject: "", issuer: "", notAfter: new Date(), pem: authority.issue(names).cert }),
  }) as VaultServer;

const routeOf = (...servers: readonly VaultServer[]): VaultRoute => {
  let at = 0;
  return {
    describe: () => "vault",
    server: () => Promise.resolve(servers[at]!),
    chooseAgain: () => (at + 1 < servers.length ? ((at += 1), true) : false),
  };
};

async function lent(route: VaultRoute, ca?: string): Promise<Lent> {
  const plan = {
    spec: { cluster: "prod", vault: { caCert: "/ca.pem" } },
    env: { XDG_DATA_HOME: await folder() },
    trust: () => Promise.resolve(ca),
    ca,
    client: {},
  } as unknown as Plan;
  const found = await lend(plan, route);
  ends.push(() => found.close());
  return found;
}

const reached = ({ address }: Lent): Promise<string> => {
  const { port } = new URL(address);
  return text(net.connect(Number(port), "127.0.0.1"));
};

test("plain http through a tunnel needs neither CA nor name", async () => {
  const found = await lent(routeOf(serverOf(await behindTunnel("one"), undefined)));
  expect([found.caFile, found.serverName, await reached(found)]).toEqual([undefined, undefined, "one"]);
  expect(found.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test.each([
  [["vault-0.vault-internal", "127.0.0.1"], undefined],
  [["vault-0.vault-internal"], "vault-0.vault-internal"],
  [["vault.example.com"], "vault.example.com"],
])("with a certificate for %j the name that is told is %s, and the CA is in a file", async (names, serverName) => {
  const found = await lent(routeOf(serverOf(await behindTunnel("x"), names)), authority.ca);
  expect([new URL(found.address).protocol, found.serverName]).toEqual(["https:", serverName]);
  expect(await readFile(found.caFile!, "utf8")).toBe(authority.ca);
});

test("a client that is told address, CA and name gets through to Vault's own TLS; without the name it refuses", async () => {
  const { cert, key } = authority.issue(["vault-0.vault-internal"]);
  const server = tls.createServer({ cert, key }, (socket) => void socket.end("vault")).listen(0, "127.0.0.1");
  await new Promise((resolve) => void server.once("listening", resolve));
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const tunnel = () => Promise.resolve(net.connect(port, "127.0.0.1"));
  const { address, caFile, serverName } = await lent(routeOf(serverOf(tunnel, ["vault-0.vault-internal"])), authority.ca);
  const ca = await readFile(caFile!, "utf8");
  const to = { host: "127.0.0.1", port: Number(new URL(address).port), ca };
  expect(await text(tls.connect({ ...to, servername: serverName! }))).toBe("vault");
  await expect(text(tls.connect(to))).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
});

test("where the server has gone, another one is reached", async () => {
  const gone = serverOf(() => Promise.reject(new Error("gone")), undefined);
  expect(await reached(await lent(routeOf(gone, serverOf(await behindTunnel("two"), undefined))))).toBe("two");
});

test("where none can be reached, the connection is closed; once given back, nothing listens", async () => {
  const found = await lent(routeOf(serverOf(() => Promise.reject(new Error("gone")), undefined)));
  expect(await reached(found)).toBe("");
  await found.close();
  await expect(reached(found)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a Vault at an address is reached there", async () => {
  const server = { ...serverOf(undefined, undefined), name: "https://vault.example.com" };
  expect(await lent(routeOf(server), authority.ca)).toMatchObject({
    address: "https://vault.example.com",
    caFile: "/ca.pem",
    serverName: undefined,
  });
});
