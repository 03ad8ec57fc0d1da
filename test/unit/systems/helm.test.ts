import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { chartArgs } from "../../../src/systems/chart.ts";
import { helmClient } from "../../../src/systems/helm/client.ts";
import { helmFailure } from "../../../src/systems/helm/failures.ts";
import { checkValuesFiles } from "../../../src/systems/helm/values.ts";
import type { HelmRequest, HelmWriter, KubeObject, KubeReader } from "../../../src/systems/world.ts";
import { canary, expectHidden, failsWith, folder } from "./server.ts";

/** What helm keeps of a revision. */
const stored = {
  name: "vault",
  info: { status: "deployed", last_deployed: "2026-01-02T03:04:05.123456789+02:00" },
  chart: { metadata: { name: "vault", version: "0.34.1", appVersion: "2.0.4" } },
  config: { server: { x: 1 } },
  manifest: "kind: Service\n",
  hooks: [{ name: "migrate", kind: "Job", events: ["pre-upgrade"], manifest: "kind: Job\n" }],
};

const secret = (revision: number, held: Buffer): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: `sh.helm.release.v1.vault.v${revision}`, labels: { owner: "helm", version: String(revision), ours: "yes" } },
  data: { release: Buffer.from(held.toString("base64")).toString("base64") },
});

const none = { list: () => Promise.resolve([]) } as unknown as KubeReader;

/** A helm that is a shell script: `$1` is the verb. It writes its arguments, environment and input beside itself. */
async function helm(
  script: string,
  { signal, more = {}, secrets = [] }: { signal?: AbortSignal; more?: Readonly<Record<string, string>>; secrets?: KubeObject[] } = {},
): Promise<{ client: HelmWriter; dir: string; calls: () => Promise<string>; asked: object[] }> {
  const asked: object[] = [];
  const kube = { list: (what: object) => Promise.resolve((asked.push(what), [...secrets])) } as unknown as KubeReader;
  const dir = await folder();
  const program = join(dir, "helm");
  await writeFile(
    program,
    `#!/bin/sh\necho "$@" >> "${dir}/calls"; env > "${dir}/env"\nif [ "$1" = version ]; then echo v4.3.1; exit 0; fi\n${script}\n`,
  );
  await chmod(program, 0o755);
  const env = { PATH: process.env["PATH"], VAULT_TOKEN: canary, BAO_TOKEN: canary, VAULT_K8S_CLUSTER: "prod", AWS_PROFILE: "dev", ...more };
  return {
    dir,
    asked,
    calls: () => readFile(join(dir, "calls"), "utf8"),
    client: helmClient({ program, env, cwd: dir, kubeconfig: "/k/config", context: "prod", signal }, kube),
  };
}

const request = (more: Partial<HelmRequest> = {}): HelmRequest => ({
  namespace: "vault",
  name: "vault",
  chart: { chart: "vault", repo: "https://charts.example" },
  values: { a: canary },
  valuesFiles: [],
  sets: [],
  labels: { managed: "us" },
  ...more,
});

test("installs with our values on standard input, never in the arguments, and without our secrets in the environment", async () => {
  const { client, dir, calls } = await helm(`cat > input`);
  await client.install(
    request({
      valuesFiles: ["mine.yaml"].slice(1),
      sets: ["a.b=c"],
      chart: { chart: "vault", repo: "https://charts.example", version: "1.2.3" },
    }),
  );
  expect(JSON.parse(await readFile(join(dir, "input"), "utf8"))).toEqual({ a: canary });
  expect(await calls()).toContain(
    "upgrade --install vault vault --repo https://charts.example --version 1.2.3 --namespace vault --kube-context prod --kubeconfig /k/config --create-namespace --reset-values --values - --set a.b=c --labels managed=us,vault-k8s.io/run=",
  );
  const env = await readFile(join(dir, "env"), "utf8");
  expect(env).toContain("AWS_PROFILE=dev");
  expect(env).not.toMatch(/VAULT_|BAO_/);
  expect(`${await calls()}${env}`).not.toContain(canary);
});

test.each([
  ["packed", gzipSync],
  ["not packed, as by the oldest of helm 3", (text: string) => Buffer.from(text)],
])("reads a release and what it made from the Secret of its newest revision, %s; no helm runs but for its version", async (_, pack) => {
  const { client, calls } = await helm("exit 1", { secrets: [secret(2, pack("{}")), secret(3, pack(JSON.stringify(stored)))] });
  expect(await client.release("vault", "vault")).toEqual({
    name: "vault",
    namespace: "vault",
    revision: 3,
    status: "deployed",
    chart: "vault-0.34.1",
    appVersion: "2.0.4",
    values: { server: { x: 1 } },
    labels: { owner: "helm", version: "3", ours: "yes" },
    updated: new Date("2026-01-02T01:04:05.123Z"),
  });
  expect(await client.manifest("vault", "vault")).toBe("kind: Service\n");
  expect(await client.hooks("vault", "vault")).toBe("---\nkind: Job\n");
  expect(await calls()).toBe("version --template {{.Version}}\n");
});

test("older revisions are not read", async () => {
  const { client, asked } = await helm("exit 1", { secrets: [] });
  expect(await client.release("vault", "vault")).toBeUndefined();
  expect(asked).toEqual([
    { apiVersion: "v1", kind: "Secret", namespace: "vault", labelSelector: "owner=helm,name=vault,status!=superseded" },
  ]);
});

test.each([
  ["no JSON", gzipSync(`{"config": "${canary}"`)],
  ["cut off", gzipSync(JSON.stringify({ config: canary })).subarray(0, 20)],
  ["a list", gzipSync(`["${canary}"]`)],
  ["larger than helm writes", gzipSync(Buffer.alloc(65 * 1024 * 1024))],
  ["nothing", Buffer.alloc(0)],
])("a Secret that does not hold what helm writes is refused, and nothing of it shown: %s", async (_, held) => {
  const { client } = await helm("exit 1", { secrets: [secret(1, held)] });
  const error = await client.release("vault", "vault").catch((caught: unknown) => caught);
  expectHidden(error);
  await failsWith(client.manifest("vault", "vault"), kinds.helmFailed);
});

test("nothing of the environment leads helm to another cluster, namespace or person", async () => {
  const more = {
    HELM_KUBEAPISERVER: "https://other",
    HELM_KUBETOKEN: canary,
    HELM_KUBECONTEXT: "other",
    HELM_NAMESPACE: "other",
    HELM_CACHE_HOME: "/kept",
    HELM_DRIVER: "secret",
  };
  const { client, dir } = await helm(`cat > /dev/null`, { more });
  await client.install(request());
  const env = await readFile(join(dir, "env"), "utf8");
  expect(env).not.toMatch(/^HELM_(KUBE|NAMESPACE)/m);
  expect(env).toContain("HELM_CACHE_HOME=/kept");
});

test.each(["configmap", "sql", "memory"])(
  "releases that are kept elsewhere (HELM_DRIVER=%s) are refused before helm runs",
  async (driver) => {
    const { client, calls } = await helm(`cat > /dev/null`, { more: { HELM_DRIVER: driver } });
    await failsWith(client.release("vault", "vault"), kinds.helmDriver);
    await failsWith(client.install(request()), kinds.helmDriver);
    await expect(calls()).rejects.toThrow();
  },
);

test("a release without values", async () => {
  const { client } = await helm("exit 1", { secrets: [secret(1, gzipSync(JSON.stringify({ ...stored, config: null })))] });
  expect((await client.release("vault", "vault"))?.values).toEqual({});
});

test("the version is asked once, and one that is too old or not helm is refused", async () => {
  const { client, calls } = await helm("exit 1");
  await client.release("a", "b");
  await client.release("a", "b");
  expect((await calls()).match(/^version/gm)).toHaveLength(1);
  const dir = await folder();
  const script = async (text: string): Promise<HelmWriter> => {
    const program = join(dir, "helm");
    await writeFile(program, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return helmClient({ program, env: process.env, cwd: dir, kubeconfig: undefined, context: "prod" }, none);
  };
  await failsWith((await script("echo v3.13.9")).release("a", "b"), kinds.helmTooOld);
  await failsWith((await script("echo v2.17.0+gabc")).install(request()), kinds.helmTooOld);
  await failsWith((await script("echo hello")).release("a", "b"), kinds.helmMissing);
});

test("no helm at all", async () => {
  const client = helmClient({ program: "no-such-helm", env: process.env, cwd: "/", kubeconfig: undefined, context: "prod" }, none);
  await failsWith(client.release("a", "b"), kinds.helmMissing);
});

test("a failure keeps helm's words, and nothing of the command line or the values", async () => {
  const { client } = await helm(
    `cat > /dev/null; echo 'WARNING: Kubernetes configuration file is group-readable' >&2; printf 'Error: INSTALLATION FAILED: values do not meet the schema:\\n- server: Additional property replicass is not allowed\\n' >&2; exit 1`,
  );
  const error = await failsWith(client.install(request({ sets: [`password=${canary}`] })), kinds.helmFailed);
  expect(error.why).toBe("INSTALLATION FAILED: values do not meet the schema:\n- server: Additional property replicass is not allowed");
});

test("a helm that is interrupted says so", async () => {
  const stop = new AbortController();
  const { client } = await helm(`echo go > started; exec sleep 60`, { signal: stop.signal });
  const work = failsWith(client.install(request()), kinds.interrupted);
  setTimeout(() => stop.abort(), 50);
  await work;
});

test.each([
  ['Error: failed to download "hashicorp/vault"', kinds.chartNotFound],
  ['Error: path "./nope" not found', kinds.chartNotFound],
  ['Error: looks like "https://x" is not a valid chart repository or cannot be reached', kinds.chartNotFound],
  ['Error: chart "vault" version "9.9.9" not found in https://x repository', kinds.chartNotFound],
  ["Error: Kubernetes cluster unreachable: connection refused", kinds.kubeUnreachable],
  ['Error: secrets is forbidden: User "jane" cannot list resource "secrets"', kinds.kubeForbidden],
  ['Error: failed parsing --set data: key "x" has no value', kinds.badValue],
  ["Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress", kinds.helmFailed],
  ["", kinds.helmFailed],
])("helm says %j", (said, kind) => {
  expect(helmFailure("install", said, { chart: { chart: "vault" } }).kind).toBe(kind);
});

test("an object that another release made is told with that release, and one that no helm made as such", () => {
  const owned = (annotations: string): string =>
    `Error: unable to continue with install: ClusterRole "external-secrets" in namespace "" exists and cannot be imported into the current release: invalid ownership metadata; ${annotations}`;
  const others = owned('annotation validation error: key "meta.helm.sh/release-namespace" must equal "eso": current value is "platform"');
  expect(helmFailure("install", others, { context: "prod" }).fix).toBe(
    "Another release made it (platform; helm list -A --kube-context prod shows it). Use that one, by naming its namespace and release, or uninstall it first.",
  );
  const nobodys = owned('label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"');
  expect(helmFailure("install", nobodys, { context: "prod" }).fix).toMatch(/^No helm made it/);
});

test("--repo goes only with a plain name", () => {
  const repo = "https://charts.example";
  expect(chartArgs({ chart: "vault", repo })).toEqual(["vault", "--repo", repo]);
  for (const chart of ["./vault", "/charts/vault", "oci://registry/vault", "vault-1.2.3.tgz", "hashicorp/vault", ".."])
    expect(chartArgs({ chart, repo })).toEqual([chart]);
});

test("a values file that does not parse is told with line and column, before helm runs", async () => {
  const { client, dir } = await helm("exit 9");
  await writeFile(join(dir, "bad.yaml"), `server:\n  a: [1,\n  b: ${canary}\n`);
  const error = await failsWith(client.install(request({ valuesFiles: ["bad.yaml"] })), kinds.badValues);
  expect(error.message).toContain("bad.yaml:3:3");
  expectHidden(error);
});

test("a values file that is missing, a list, or two documents; an empty one is fine", async () => {
  const dir = await folder();
  await writeFile(join(dir, "list.yaml"), "- a\n");
  await writeFile(join(dir, "two.yaml"), "a: 1\n---\nb: 2\n");
  await writeFile(join(dir, "empty.yaml"), "# nothing\n");
  for (const file of ["missing.yaml", "list.yaml", "two.yaml"]) await failsWith(checkValuesFiles([file], dir), kinds.badValues);
  await checkValuesFiles(["empty.yaml"], dir);
});
