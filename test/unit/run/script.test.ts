import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { absent } from "../../../src/core/removal.ts";
import { converge, type RunEvent } from "../../../src/core/converge.ts";
import type { Resource } from "../../../src/core/resource.ts";
import { script } from "../../../src/run/script/script.ts";
import { scriptOf } from "../../../src/run/script/script-of.ts";
import { keys } from "../../../src/run/script/vault-parts.ts";
import { steps } from "../../../src/run/steps.ts";
import { specFrom } from "../spec.ts";

/** What bootstrap makes and no shell does. */
const notCovered: readonly string[] = [];

test.each([{}, { operator: "kes" as const }, { tlsIssuer: "ClusterIssuer/corp" }, { audit: "stdout" as const }])(
  "the printed script covers bootstrap with %j",
  async (given) => {
    const spec = await specFrom({ cluster: "prod", namespace: "shop", secrets: ["db"], ...given });
    const all = Object.values(steps).flatMap((step) => step.resources(spec));
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter(({ command }) => command === undefined).map(({ id }) => id)).toEqual(notCovered);
  },
);

test("what has no commands is named in the script, planned and done", async () => {
  const typed: Resource<object, object> = {
    id: "kubernetes Secret a",
    diff: () => Promise.resolve({ kind: "create", changes: [] }),
    apply: () => Promise.resolve(),
    command: () => ({ lines: "kubectl create secret a" }),
  };
  const { command: _none, ...untyped } = { ...typed, id: "vault b" };
  const removed = absent<object, object>({
    id: "vault c",
    look: () => Promise.resolve({ kind: "there" }),
    remove: () => Promise.resolve(),
  });
  for (const write of [undefined, {}]) {
    const shell = script("#!/bin/sh", {});
    const on = (event: RunEvent) => (event.type === "resource" && event.command !== undefined ? lines.push(shell.add(event.command)) : 0);
    const lines: string[] = [];
    await converge({
      steps: [{ id: "one", title: "one", resources: [typed, untyped, removed], checks: [] }],
      read: {},
      write,
      on,
      commands: true,
    });
    expect(lines.join("")).toBe(
      "#!/bin/sh\n\nkubectl create secret a\n\n" +
        "# Not in this script: vault b. Only vault-k8s does that.\n\n# Not in this script: vault c. Only vault-k8s does that.\n\n",
    );
  }
});

/** The printed script of a run whose only commands are these lines, run in a shell with the given environment. */
async function runScript(flags: Parameters<typeof specFrom>[0], lines: string, env: Record<string, string>): Promise<string> {
  const text = scriptOf("bootstrap", await specFrom({ cluster: "prod", ...flags })).add({ lines });
  return execFileSync("sh", { input: text, env: { PATH: process.env["PATH"] ?? "", ...env }, encoding: "utf8" });
}

const exported = {
  VAULT_FORMAT: "json",
  BAO_FORMAT: "yaml",
  VAULT_WRAP_TTL: "5m",
  VAULT_AGENT_ADDR: "http://127.0.0.1:8100",
  VAULT_SKIP_VERIFY: "true",
  VAULT_NAMESPACE: "other",
  BAO_ADDR: "https://other:8200",
  VAULT_TLS_SERVER_NAME: "other",
  VAULT_CLIENT_CERT: "/me.pem",
  VAULT_TOKEN: "mine",
  HELM_KUBEAPISERVER: "https://other",
  HELM_KUBETOKEN: "other",
  HELM_NAMESPACE: "other",
  HELM_DRIVER: "configmap",
  HELM_CACHE_HOME: "/cache",
};

test("the printed script starts with an environment of its own", async () => {
  const seen = async (flags: Parameters<typeof specFrom>[0]): Promise<string[]> =>
    (await runScript(flags, "env", exported))
      .split("\n")
      .filter((line) => /^(VAULT|BAO|HELM)_/.test(line))
      .sort();
  expect(await seen({})).toEqual(["HELM_CACHE_HOME=/cache", "VAULT_FORMAT=", "VAULT_TOKEN=mine"]);
  expect(await seen({ vaultAddr: "https://vault:8200", vaultNamespace: "team", caCert: "/ca.pem" })).toEqual([
    "HELM_CACHE_HOME=/cache",
    "VAULT_CACERT=/ca.pem",
    "VAULT_CLIENT_CERT=/me.pem",
    "VAULT_FORMAT=",
    "VAULT_NAMESPACE=team",
    "VAULT_TLS_SERVER_NAME=other",
    "VAULT_TOKEN=mine",
  ]);
});

test("a token that is kept by the printed script is the token, whatever VAULT_FORMAT says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "script-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // As vault prints a field by the format: https://github.com/hashicorp/vault/issues/17889
  const stub = '#!/bin/sh\nif [ "${VAULT_FORMAT:-table}" = json ]; then printf \'"hvs.abc"\'; else printf hvs.abc; fi\n';
  writeFileSync(join(folder, "vault"), stub, { mode: 0o755 });
  const token = join(folder, "token.json");
  const files = { keys: join(folder, "init.json"), token, origin: join(folder, "origin.json") };
  const lines = `${keys({ files, title: files.keys, origin: {} }).lines}\nkeep_token vault token create -field=token`;
  await runScript({}, lines, { ...exported, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` });
  expect(JSON.parse(readFileSync(token, "utf8"))).toEqual({ token: "hvs.abc" });
});
