import { chmod, writeFile } from "node:fs/promises";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTunnel } from "../../../src/systems/kube/tunnel.ts";
import { kubeClient } from "../../../src/systems/kube/client.ts";
import { connect } from "../../../src/systems/kube/connection.ts";
import { kubeWire } from "../../../src/systems/kube/wire.ts";
import { addressRoute, addressServer, addressSite } from "../../../src/systems/vault/address.ts";
import { vaultClient } from "../../../src/systems/vault/client.ts";
import { vaultNodes } from "../../../src/systems/vault/nodes.ts";
import type { KubeWriter, NodesWriter, VaultWriter } from "../../../src/systems/world.ts";
import type { CliError } from "../../../src/core/errors.ts";
import { kinds } from "../../../src/errors.ts";
import { behaviours, behaving } from "./hostile-servers.ts";
import { canary, errorOf, expectHidden, folder, serve } from "./server.ts";

const timeoutMs = 1_500;
/** For a machine that is busy; what is asserted is that there is an end. */
const inTime = 60_000;
const patience = { firstPauseMs: 1, atMostMs: 50 };

function vaultAt(url: string): { vault: VaultWriter; nodes: NodesWriter } {
  const agents = new Set<{ destroy(): void }>();
  onTestFinished(() => agents.forEach((agent) => agent.destroy()));
  const server = addressServer(url, { env: {}, timeoutMs, agents: agents as never });
  const vault = vaultClient({ route: addressRoute(server), namespace: undefined, token: () => Promise.resolve(canary), patience });
  return { vault, nodes: vaultNodes(addressSite([server])) };
}

const contextAt = (server: string, user: object = { token: canary }) =>
  ({ name: "prod", clusterName: "prod", cluster: { server }, user }) as never;

function kubeAt(url: string, user?: object, pluginMs?: number): KubeWriter {
  const wire = kubeWire(contextAt(url, user), { env: { PATH: process.env["PATH"] }, timeoutMs, patience, pluginMs });
  onTestFinished(() => wire.close());
  return kubeClient(wire);
}

/** A sentence with a code, in words of a person, without the token and without what moves a terminal. */
function readable(error: CliError): void {
  const said = [error.message, error.why ?? "", error.fix ?? ""].join("\n");
  expect(error.kind.code).toMatch(/^VK1(1|2|0)\d\d$/);
  // oxlint-disable-next-line no-control-regex
  expect(said).not.toMatch(/undefined|\[object |^\s+at |node:internal|Cannot read|is not a function|[\u0000-\u0009\u001b\u009b]/m);
  expect(said.length).toBeLessThan(3_000);
  expectHidden(error);
}

describe.each(Object.entries(behaviours))("a server that answers with %s", (_, behaviour) => {
  test(
    "is no Vault: a read, a write, and the state of a node end with a sentence",
    async () => {
      const { url } = await behaving(behaviour);
      const { vault, nodes } = vaultAt(url);
      const node = (await nodes.nodes())[0]!;
      const asked = [
        vault.get("sys/auth/x"),
        vault.post("auth/x/config", { token_reviewer_jwt: canary }),
        nodes.sealStatus(node),
        nodes.leader(node),
      ];
      for (const error of await Promise.all(asked.map(errorOf))) readable(error);
    },
    inTime,
  );

  test(
    "is no API server: a read, a list and an apply end with a sentence",
    async () => {
      const { url } = await behaving(behaviour);
      const kube = kubeAt(url);
      const ref = { apiVersion: "v1", kind: "Secret", namespace: "x", name: "y" };
      const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "y", namespace: "x" }, stringData: { password: canary } };
      for (const error of await Promise.all(
        [kube.get(ref), kube.list({ apiVersion: "v1", kind: "Pod", namespace: "x" }), kube.apply(object)].map(errorOf),
      ))
        readable(error);
    },
    inTime,
  );
});

describe("a redirect to another host", () => {
  test.each([301, 302, 303, 307, 308])("with %d is not followed, by neither client: nothing arrives there", async (status) => {
    const thief = await serve(() => ({ json: { request_id: "1", data: {} } }));
    const moved = await serve(({ path }) => ({ status, headers: { location: `${thief.url}${path}` } }));
    const { vault, nodes } = vaultAt(moved.url);
    readable(await errorOf(vault.get("sys/auth")));
    readable(await errorOf(nodes.sealStatus((await nodes.nodes())[0]!)));
    readable(await errorOf(kubeAt(moved.url).get({ apiVersion: "v1", kind: "Secret", namespace: "x", name: "y" })));
    expect(thief.seen).toEqual([]);
  });

  test("of a port-forward is not followed", async () => {
    const thief = await serve(() => ({ json: {} }));
    const moved = upgrading((socket) => void socket.end(`HTTP/1.1 302 Found\r\nlocation: ${thief.url}/steal\r\nconnection: close\r\n\r\n`));
    const { config } = await connect(contextAt(await moved), {
      env: { PATH: process.env["PATH"] },
      terminal: false,
      say: () => undefined,
      signal: undefined,
    });
    const error: unknown = await openTunnel(config, { namespace: "vault", pod: "vault-0", port: 8200 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "TUNNEL" });
    expectHidden(error);
    expect(thief.seen).toEqual([]);
  });
});

describe("a seal status with absurd numbers or words", () => {
  const good = { type: "shamir", initialized: true, sealed: true, t: 3, n: 5, progress: 0, version: "1.21.0" };
  test.each([
    { n: 1e9 },
    { t: -1 },
    { t: 2.5 },
    { progress: "many" },
    { sealed: "no" },
    { initialized: null },
    { version: "x".repeat(10_000) },
    { version: ["1"] },
    { cluster_id: {} },
  ])("%j is not taken for Vault's", async (wrong) => {
    const { url } = await serve(() => ({ json: { ...good, ...wrong } }));
    const { nodes } = vaultAt(url);
    expect((await errorOf(nodes.sealStatus((await nodes.nodes())[0]!))).kind.code).toBe(kinds.vaultGarbage.code);
  });
});

describe("objects of wrong shapes", () => {
  const ref = { apiVersion: "v1", kind: "Secret", namespace: "x", name: "y" };
  test.each([
    {},
    { metadata: null },
    { metadata: [] },
    { metadata: { name: 7 } },
    { metadata: { name: "y", labels: "x" } },
    { metadata: { name: "y", annotations: { a: {} } } },
    { metadata: { name: "y", managedFields: "x" } },
    { metadata: { name: "y" }, spec: 7 },
    { metadata: { name: "y" }, status: "Running" },
  ])("%j is not taken for one", async (json) => {
    const { url } = await serve(() => ({ json }));
    expect((await errorOf(kubeAt(url).get(ref))).kind.code).toBe(kinds.kubeGarbage.code);
    const list = await serve(() => ({ json: { kind: "PodList", items: [json] } }));
    expect((await errorOf(kubeAt(list.url).list({ apiVersion: "v1", kind: "Pod", namespace: "x" }))).kind.code).toBe(
      kinds.kubeGarbage.code,
    );
  });

  test("a list whose next page is always another one comes to an end", async () => {
    const { url, seen } = await serve(() => ({ json: { items: [], metadata: { continue: "more" } } }));
    expect(await kubeAt(url).list({ apiVersion: "v1", kind: "Pod", namespace: "x" })).toEqual([]);
    expect(seen).toHaveLength(1);
  });
});

describe("an exec plugin that means harm", () => {
  async function plugin(script: string): Promise<object> {
    const command = join(await folder(), "plugin");
    await writeFile(command, `#!/bin/sh\n${script}\n`);
    await chmod(command, 0o755);
    return { exec: { apiVersion: "client.authentication.k8s.io/v1", command, interactiveMode: "Never" } };
  }

  test.each([
    ["never stops talking", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", /more than 1 MiB/],
    ["never stops complaining", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx >&2; done", /more than 1 MiB/],
    ["never ends", "trap '' TERM; exec sleep 1000", /did not end in time/],
    ["leaves behind what holds its output open", "sleep 30 & exit 0", /did not end in time|did not print/],
    ["prints what moves a terminal", "printf '\\033[2J\\033]0;x\\007' >&2; exit 1", /failed/],
    [
      "prints a token of another kind",
      `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":{"a":"${canary}"}}}'`,
      /did not print an ExecCredential/,
    ],
    [
      "prints no status",
      `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":null}'`,
      /did not print an ExecCredential/,
    ],
  ])(
    "%s is ended, in words",
    async (_, script, words) => {
      const { url, seen } = await serve(() => ({ json: {} }));
      const kube = kubeAt(url, await plugin(script), 2_000);
      const error = await errorOf(kube.get({ apiVersion: "v1", kind: "Secret", namespace: "x", name: "y" }));
      readable(error);
      expect(error.kind.code).toBe(kinds.kubeUnauthenticated.code);
      expect(`${error.message} ${error.why ?? ""}`).toMatch(words);
      expect(seen).toEqual([]);
    },
    inTime,
  );
});

/** A server whose upgrades are answered by hand. */
async function upgrading(answer: (socket: Socket, key: string) => void): Promise<string> {
  const server = createServer();
  server.on("upgrade", (request, socket) =>
    answer(
      (socket as Socket).on("error", () => undefined),
      request.headers["sec-websocket-key"] ?? "",
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a port-forward of hostile frames", () => {
  async function accept(key: string): Promise<string> {
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    return `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n`;
  }
  const frame = (opcode: number, bytes: readonly number[]): Buffer => Buffer.from([0x80 | opcode, bytes.length, ...bytes]);

  test.each([
    ["an empty message", frame(2, [])],
    ["a text", frame(1, [120])],
    ["an unknown channel", frame(2, [9, 1, 2])],
    ["the channel that closes others", frame(2, [255, 1])],
    ["half a port number", frame(2, [0, 1])],
    ["a message that says it has an exabyte", Buffer.from([0x82, 127, 0x0f, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ["a reserved bit", Buffer.from([0xf2, 1, 0])],
    ["a masked frame", Buffer.from([0x82, 0x81, 1, 2, 3, 4, 5])],
    ["HTTP of nonsense", frame(2, [0, 8, 32, ...Buffer.from("SSH-2.0\r\n\r\n")])],
    ["an escape sequence as complaint", Buffer.concat([frame(2, [1, 8, 32]), frame(2, [1, ...Buffer.from("\u001b[2Jrefused")])])],
  ])(
    "%s breaks it, and nothing else",
    async (_, bytes) => {
      const url = await upgrading((socket, key) => void accept(key).then((head) => socket.end(Buffer.concat([Buffer.from(head), bytes]))));
      const { config } = await connect(contextAt(url), {
        env: { PATH: process.env["PATH"] },
        terminal: false,
        say: () => undefined,
        signal: undefined,
      });
      const broken: unknown = await openTunnel(config, { namespace: "vault", pod: "vault-0", port: 8200 }).then(
        (tunnel) => new Promise((resolve) => tunnel.resume().once("close", () => resolve(tunnel.errored ?? new Error("ended")))),
        (error: unknown) => error,
      );
      expect(broken).toBeInstanceOf(Error);
      expectHidden(broken);
      expect((broken as Error).message).not.toContain("\u001b");
    },
    inTime,
  );
});
