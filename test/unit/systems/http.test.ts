import net from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test, vi } from "vitest";
import { keepAliveAgent } from "../../../src/systems/http/agent.ts";
import { exchange, type HttpRequest } from "../../../src/systems/http/http.ts";
import { HttpFailure } from "../../../src/systems/http/failure.ts";
import { Authority } from "../../fakes/tls/certificates.ts";
import { canary, expectHidden, listening, serve } from "./server.ts";

function ask(url: string, more: Partial<HttpRequest> = {}): Promise<Awaited<ReturnType<typeof exchange>>> {
  const agent = more.agent ?? keepAliveAgent(new URL(url));
  onTestFinished(() => agent.destroy());
  return exchange({ method: "GET", url, headers: { "X-Vault-Token": canary }, timeoutMs: 5_000, ...more, agent });
}

async function failureOf(work: Promise<unknown>): Promise<HttpFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HttpFailure);
  expect((error as HttpFailure).cause).toBeUndefined();
  expectHidden(error);
  return error as HttpFailure;
}

test("any status is an answer, and no redirect is followed", async () => {
  const elsewhere = await serve(() => ({ text: "" }));
  const { url } = await serve(() => ({ status: 307, headers: { Location: `${elsewhere.url}/v1/x` } }));
  const answer = await ask(url);
  expect([answer.status, answer.headers["location"], answer.json]).toEqual([307, `${elsewhere.url}/v1/x`, undefined]);
  expect(elsewhere.seen).toHaveLength(0);
});

test("JSON is parsed by hand, and what is not JSON stays text", async () => {
  const { url } = await serve(({ path }) => (path === "/json" ? { json: { a: "1" } } : { text: "{ not json" }));
  expect((await ask(`${url}/json`)).json).toEqual({ a: "1" });
  const other = await ask(`${url}/other`);
  expect([other.json, other.body]).toEqual([undefined, "{ not json"]);
});

/** A server that sends bytes as they are, under the name of an encoding. */
const packedAs = (encoding: string, bytes: Buffer) =>
  serve((_, response) => void response.writeHead(200, { "content-encoding": encoding }).end(bytes));

test("what is packed is unpacked within the same limit", async () => {
  const packed = await packedAs("gzip", gzipSync('\uFEFF{"a":1}'));
  expect((await ask(packed.url)).json).toEqual({ a: 1 });
  expect((await failureOf(ask((await packedAs("gzip", gzipSync(Buffer.alloc(33 * 1024 * 1024)))).url))).reason).toBe("too-large");
  expect((await failureOf(ask((await packedAs("gzip", Buffer.from(canary))).url))).reason).toBe("malformed");
});

test("values of headers are sent as Go programs send them: no name becomes another", async () => {
  const { url, seen } = await serve(() => ({ json: {} }));
  await ask(url, { headers: { "Impersonate-User": " \u03A9mega\n", "Impersonate-Group": ["gr\u00FCn", "b"] } });
  const sent = seen[0]?.headers ?? {};
  const text = (value: unknown): string => Buffer.from(String(value), "latin1").toString("utf8");
  expect([text(sent["impersonate-user"]), text(sent["impersonate-group"])]).toEqual(["\u03A9mega", "gr\u00FCn, b"]);
});

test("a body arrives whole with every method, and one that is too large is not sent", async () => {
  const { url, seen } = await serve(() => ({ json: {} }));
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) await ask(url, { method, body: '{"a":"\u00FC"}' });
  expect(seen.map(({ body }) => body)).toEqual(Array.from({ length: 4 }, () => '{"a":"\u00FC"}'));
  expect((await failureOf(ask(url, { method: "POST", body: "x".repeat(33 * 1024 * 1024) }))).reason).toBe("too-large");
  expect(seen).toHaveLength(4);
});

test("a kept connection serves several requests", async () => {
  const { url, server } = await serve(() => ({ json: {} }));
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  const agent = keepAliveAgent(new URL(url));
  for (let turn = 0; turn < 3; turn += 1) await ask(url, { agent });
  expect(connections).toBe(1);
});

test("nothing listens: unreachable, and nothing of the request is in the error", async () => {
  const { url, server } = await serve(() => ({}));
  await new Promise((resolve) => server.close(resolve));
  expect((await failureOf(ask(url, { method: "POST", body: JSON.stringify({ key: canary }) }))).reason).toBe("unreachable");
});

test("a host name that nobody knows is unreachable", async () => {
  expect((await failureOf(ask("http://name.invalid/"))).reason).toMatch(/unreachable|timeout/);
}, 20_000);

test("no answer in time", async () => {
  const { url } = await serve(() => undefined);
  expect((await failureOf(ask(url, { timeoutMs: 50 }))).reason).toBe("timeout");
});

test("an answer that never ends is cut off in time, and one that is too large is not kept", async () => {
  const dripping = await serve((_, response) => void response.writeHead(200).write("{"));
  expect((await failureOf(ask(dripping.url, { timeoutMs: 80 }))).reason).toBe("timeout");
  const chunk = Buffer.alloc(1024 * 1024, "x");
  const huge = await serve((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
    return undefined;
  });
  expect((await failureOf(ask(huge.url, { timeoutMs: 20_000 }))).reason).toBe("too-large");
}, 30_000);

test("a connection that breaks is lost, before the answer and within it", async () => {
  const before = await serve((_, response) => void response.socket?.destroy());
  expect((await failureOf(ask(before.url))).reason).toBe("lost");
  const within = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half");
    setImmediate(() => response.socket?.destroy());
    return undefined;
  });
  expect((await failureOf(ask(within.url))).reason).toBe("lost");
});

test("what is not HTTP is malformed, and so is a plain server behind https", async () => {
  const port = await listening(net.createServer((socket) => socket.on("error", () => undefined).end(`SSH-2.0 ${canary}\r\n`)));
  expect((await failureOf(ask(`http://127.0.0.1:${port}/`))).reason).toBe("malformed");
  const plain = await serve(() => ({}));
  expect((await failureOf(ask(`https://127.0.0.1:${plain.port}/`))).reason).toBe("malformed");
});

test("an interrupted request says so", async () => {
  const { url } = await serve(() => undefined);
  const stop = new AbortController();
  const asking = failureOf(ask(url, { signal: stop.signal }));
  setImmediate(() => stop.abort());
  expect((await asking).reason).toBe("aborted");
});

test("only the CA that is given is trusted, and only for the names in the certificate", async () => {
  const ours = new Authority("ours");
  const server = await serve(() => ({ json: {} }), ours.issue(["127.0.0.1"]));
  const url = new URL(server.url);
  expect((await ask(server.url, { agent: keepAliveAgent(url, { ca: ours.ca }) })).status).toBe(200);
  expect((await failureOf(ask(server.url))).reason).toBe("untrusted");
  expect((await failureOf(ask(server.url, { agent: keepAliveAgent(url, { ca: new Authority("theirs").ca }) }))).reason).toBe("untrusted");
  const misnamed = await serve(() => ({ json: {} }), ours.issue(["vault.example"]));
  expect((await failureOf(ask(misnamed.url, { agent: keepAliveAgent(url, { ca: ours.ca }) }))).reason).toBe("untrusted");
});

test("variables of a proxy are nothing to a request: its agent goes through one, or not", async () => {
  const proxy = await serve(() => ({ json: { from: "proxy" } }));
  const direct = await serve(() => ({ json: { from: "server" } }));
  for (const name of ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "npm_config_proxy"]) vi.stubEnv(name, proxy.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect((await ask(direct.url)).json).toEqual({ from: "server" });
  const agent = keepAliveAgent(new URL(direct.url), { proxy: new URL(proxy.url) });
  expect((await ask("http://vault.example:8200/v1/sys/health", { agent })).json).toEqual({ from: "proxy" });
  expect(proxy.seen.map(({ path }) => path)).toEqual(["http://vault.example:8200/v1/sys/health"]);
});
