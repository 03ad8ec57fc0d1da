import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { execCredentials, type ExecOptions } from "../../../src/systems/kube/exec-plugin.ts";
import type { ClusterEntry, ExecEntry } from "../../../src/systems/kube/kubeconfig-shape.ts";
import { folder } from "./server.ts";

const apiVersion = "client.authentication.k8s.io/v1";
const credential = `echo '{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":{"token":"t"}}'`;

async function plugin(script: string, interactiveMode = "IfAvailable"): Promise<ExecEntry> {
  const command = join(await folder(), "plugin");
  await writeFile(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o755);
  return { apiVersion, command, interactiveMode, args: undefined, env: undefined, provideClusterInfo: undefined, installHint: undefined };
}

const cluster = { server: "https://api.corp.test" } as ClusterEntry;

function run(exec: ExecEntry, more: Partial<ExecOptions> = {}) {
  const said: string[] = [];
  const options = { env: process.env, terminal: false, signal: undefined, say: (words: string) => said.push(words), ...more };
  return { said, ended: execCredentials(exec, cluster, options)() };
}

test("what a plugin says without a terminal is told while it goes on", async () => {
  const go = join(await folder(), "go");
  const exec = await plugin(
    `echo 'open https://login.test and type ABCD-1234' >&2; until [ -e ${go} ]; do sleep 0.05; done; ${credential}`,
  );
  const heard = Promise.withResolvers<string>();
  const { ended } = run(exec, { say: heard.resolve });
  expect(await heard.promise).toBe("open https://login.test and type ABCD-1234");
  await writeFile(go, "");
  expect((await ended).token).toBe("t");
});

test("a plugin that takes too long is ended, and what it said is in the error", async () => {
  const { ended } = run(await plugin("echo 'type ABCD-1234' >&2; exec sleep 60"), { timeoutMs: 500 });
  await expect(ended).rejects.toMatchObject({ reason: "late", message: expect.stringContaining("type ABCD-1234") });
});

test("an interrupt ends the plugin", async () => {
  const stop = new AbortController();
  const { ended } = run(await plugin("echo waiting >&2; exec sleep 60"), { signal: stop.signal, say: () => stop.abort() });
  await expect(ended).rejects.toMatchObject({ reason: "aborted" });
});

test("a plugin that always asks is not run where nobody can answer", async () => {
  const { ended } = run(await plugin(credential, "Always"));
  await expect(ended).rejects.toMatchObject({ reason: "no-terminal" });
});

test.each([
  ["IfAvailable", true, true],
  ["IfAvailable", false, false],
  ["Never", true, false],
])("interactiveMode %s with a terminal (%s): the plugin is told %s", async (mode, terminal, interactive) => {
  const told = join(await folder(), "info");
  const { ended } = run(await plugin(`printf %s "$KUBERNETES_EXEC_INFO" > ${told}; ${credential}`, mode), { terminal });
  await ended;
  expect(JSON.parse(await readFile(told, "utf8"))).toEqual({ kind: "ExecCredential", apiVersion, spec: { interactive } });
});
