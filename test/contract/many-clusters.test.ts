import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import { filesRead } from "./files-read.ts";
import { typed } from "./typed.ts";

/** An API server that answers nobody until it is told to, and knows its clusters by their tokens. */
async function silentServer() {
  const asked = new Set<string>();
  let waiting: ServerResponse[] = [];
  let silent = true;
  const refuse = (response: ServerResponse): void => void response.writeHead(401, { "content-type": "application/json" }).end("{}");
  const server = createServer((request, response) => {
    asked.add(request.headers.authorization ?? "");
    if (silent) waiting.push(response);
    else refuse(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void [server.closeAllConnections(), server.close()]);
  const answer = (): void => {
    silent = false;
    for (const response of waiting.splice(0)) refuse(response);
    waiting = [];
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, answer };
}

test("status of many clusters looks at eight at once, at all in the end, and reads each file once", async () => {
  const { url, asked, answer } = await silentServer();
  const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
  const folder = await mkdtemp(join(tmpdir(), "many-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "vault-k8s.yaml"),
    stringify({ clusters: Object.fromEntries(names.map((name) => [name, { kv: { mount: "kv" } }])) }),
  );
  await writeFile(
    join(folder, "kubeconfig"),
    stringify({
      clusters: [{ name: "all", cluster: { server: url } }],
      users: names.map((name) => ({ name, user: { token: name } })),
      contexts: names.map((name) => ({ name, context: { cluster: "all", user: name } })),
    }),
  );
  const env = { PATH: process.env["PATH"], HOME: folder };
  const flags = ["--kubeconfig", join(folder, "kubeconfig"), "-o", "json"];
  const read = filesRead();
  const ran = typed(["status", ...flags], { env, cwd: folder });
  await vi.waitFor(() => expect(asked.size).toBe(8), { timeout: 30_000 });
  // All that would be asked without a bound is on its way by now.
  for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
  expect(asked.size).toBe(8);
  answer();
  const { stdout, stderr } = await ran;
  expect((JSON.parse(stdout) as { clusters: object[] }).clusters, stderr).toHaveLength(names.length);
  expect(asked.size).toBe(names.length);
  expect(read.filter((file) => file.startsWith(folder)).sort()).toEqual([join(folder, "kubeconfig"), join(folder, "vault-k8s.yaml")]);
}, 60_000);
