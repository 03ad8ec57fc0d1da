import http from "node:http";
import net, { type Socket } from "node:net";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import { kinds } from "../../../src/errors.ts";
import { keepAliveAgent } from "../../../src/systems/http/agent.ts";
import { exchange } from "../../../src/systems/http/http.ts";
import { HttpFailure } from "../../../src/systems/http/failure.ts";
import { openKube } from "../../../src/systems/kube/open-kube.ts";
import { proofsFromHere } from "../../../src/systems/proofs.ts";
import { secured } from "../../../src/systems/vault/handshake.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { canary, failsWith, folder, listening, serve, type Served } from "./server.ts";

// What people leave exported. Node then checks no certificate, unless a connection says that it wants it checked.
beforeEach(() => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    warn.mockRestore();
  });
});

const wanted = new Authority("the one that is trusted");

/** A server with a certificate of another authority; what it is sent is seen. */
const stranger = (): Promise<Served> => serve(() => ({ json: { metadata: { uid: "u" } } }), new Authority("another").issue(["127.0.0.1"]));

/** A proxy that lets CONNECT through. */
async function proxy(): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = http.createServer().on("connect", (request, client: Socket) => {
    asked.push(request.url ?? "");
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const upstream = net.connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      client.pipe(upstream).pipe(client);
    });
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
    onTestFinished(() => void [client, upstream].map((socket) => socket.destroy()));
  });
  return { port: await listening(server), asked };
}

describe("NODE_TLS_REJECT_UNAUTHORIZED=0 turns no check off", () => {
  const headers = { "X-Vault-Token": canary };

  test.each([false, true])("of Vault at an address (by a proxy: %s)", async (proxied) => {
    const { url, seen } = await stranger();
    const through = await proxy();
    const by = proxied ? new URL(`http://127.0.0.1:${through.port}`) : undefined;
    const agent = keepAliveAgent(new URL(url), { ca: wanted.ca, proxy: by });
    onTestFinished(() => agent.destroy());
    const error: unknown = await exchange({ method: "GET", url, headers, agent, timeoutMs: 5_000 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HttpFailure);
    expect(seen).toEqual([]);
    expect(through.asked.length).toBe(proxied ? 1 : 0);
  });

  test("of a Vault pod behind a port-forward", async () => {
    const { port, seen } = await stranger();
    const open = (): Promise<Socket> => Promise.resolve(net.connect(port, "127.0.0.1"));
    await expect(secured(open, ["127.0.0.1"], () => Promise.resolve(wanted.ca))).rejects.toThrow();
    expect(seen).toEqual([]);
  });

  test("of the proof that Vault could review", async () => {
    const { url, seen } = await stranger();
    const asked = { host: url, ca: wanted.ca, reviewerToken: canary, token: canary, audiences: [] };
    expect(await proofsFromHere({ env: {}, timeoutMs: 5_000 }).review(asked)).toMatchObject({ kind: "untrusted" });
    expect(seen).toEqual([]);
  });

  test.each([false, true])("of the API server (by a proxy: %s)", async (proxied) => {
    const { url, seen } = await stranger();
    const through = await proxy();
    const file = join(await folder(), "config");
    const cluster = {
      server: url,
      "certificate-authority-data": Buffer.from(wanted.ca).toString("base64"),
      ...(proxied && { "proxy-url": `http://127.0.0.1:${through.port}` }),
    };
    await writeFile(
      file,
      stringify({
        clusters: [{ name: "prod", cluster }],
        users: [{ name: "me", user: { token: canary } }],
        contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
      }),
    );
    const { client, wire } = await openKube(
      { kubeconfig: file, cluster: "prod" },
      { env: {}, timeoutMs: 5_000, patience: { firstPauseMs: 1, atMostMs: 100 } },
    );
    onTestFinished(() => wire.close());
    await failsWith(client.clusterUid(), kinds.kubeUnreachable);
    expect(seen).toEqual([]);
    expect(through.asked.length > 0).toBe(proxied);
  });
});

describe("a certificate that names its server by the common name alone is refused, as by Go programs", () => {
  const old = (): Promise<Served> => serve(() => ({ json: { metadata: { uid: "u" } } }), wanted.issueByCommonName("localhost"));

  test("of a Vault pod behind a port-forward", async () => {
    const { port, seen } = await old();
    const open = (): Promise<Socket> => Promise.resolve(net.connect(port, "127.0.0.1"));
    await expect(secured(open, ["localhost"], () => Promise.resolve(wanted.ca))).rejects.toThrow("alternative names");
    expect(seen).toEqual([]);
  });

  test("of the API server", async () => {
    const { port, seen } = await old();
    const file = join(await folder(), "config");
    const cluster = { server: `https://localhost:${port}`, "certificate-authority-data": Buffer.from(wanted.ca).toString("base64") };
    const user = { name: "me", user: { token: canary } };
    await writeFile(
      file,
      stringify({
        clusters: [{ name: "prod", cluster }],
        users: [user],
        contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
      }),
    );
    const patience = { firstPauseMs: 1, atMostMs: 100 };
    const { client, wire } = await openKube({ kubeconfig: file, cluster: "prod" }, { env: {}, timeoutMs: 5_000, patience });
    onTestFinished(() => wire.close());
    expect((await failsWith(client.clusterUid(), kinds.kubeUnreachable)).why).toContain("alternative names");
    expect(seen).toEqual([]);
  });

  test("of the proof that Vault could review", async () => {
    const { port, seen } = await old();
    const asked = { host: `https://localhost:${port}`, ca: wanted.ca, reviewerToken: canary, token: canary, audiences: [] };
    expect(await proofsFromHere({ env: {}, timeoutMs: 5_000 }).review(asked)).toMatchObject({ kind: "untrusted" });
    expect(seen).toEqual([]);
  });
});
