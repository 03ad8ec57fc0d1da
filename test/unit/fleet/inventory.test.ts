import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, test } from "vitest";
import { kinds } from "../../../src/errors.ts";
import { fileSource } from "../../../src/fleet/inventory/from-file.ts";
import { allowedPrograms } from "../../../src/fleet/inventory/programs.ts";
import { readInventory, type FleetWish } from "../../../src/fleet/inventory/read.ts";
import { sourceOf } from "../../../src/fleet/inventory/sources.ts";
import { Hub } from "../../fakes/kube/hub.ts";
import { FakeKube } from "../../fakes/kube/kube.ts";
import { kubeconfig } from "../../fakes/kube/kubeconfig.ts";
import { kubeError } from "../../fakes/wire/faults.ts";
import { asText, at } from "../../fakes/wire/json.ts";
import { Line } from "../../fakes/wire/line.ts";

const token = "canary-hub-token-6b1d0e5f";
let folder: string;
let line: Line;
let hub: Hub;
let [a, b, c]: FakeKube[] = [];
let all: FakeKube[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-"));
  line = new Line();
  all = ["hub", "a", "b", "c"].map((name) => new FakeKube({ name, line, people: { [token]: "operator" } }));
  await Promise.all(all.map((kube) => kube.start()));
  [, a, b, c] = all;
  hub = new Hub(all[0]!, token);
  await writeFile(join(folder, "config"), kubeconfig(all, token));
});
afterEach(async () => {
  await Promise.all(all.map((kube) => kube.stop()));
  await rm(folder, { recursive: true });
});

type Some = Partial<FleetWish> & { readonly exec?: readonly string[]; readonly allowInsecure?: boolean };
const none = { only: [], except: [], selector: undefined };

const read = ({ exec = [], allowInsecure = false, ...wish }: Some) =>
  readInventory(
    {
      fleet: undefined,
      sources: [],
      names: {},
      kubeconfig: undefined,
      narrow: none,
      file: (named) => join(folder, named),
      knownNames: () => Promise.resolve(new Map()),
      trust: { programs: allowedPrograms({}, exec), allowInsecure, env: { PATH: process.env["PATH"], KUBECONFIG: join(folder, "config") } },
      ...wish,
    },
    { env: { PATH: process.env["PATH"], KUBECONFIG: join(folder, "config") }, home: folder, timeoutMs: 5_000 },
  );

const called = ({ clusters }: Awaited<ReturnType<typeof read>>) => clusters.map(({ name, source }) => `${name} ${source}`);
const codes = ({ refused }: Awaited<ReturnType<typeof read>>) =>
  refused.map(({ called: name, error }) => `${name} ${error.kind.code}`).sort();

/** A plugin that gives the token, and writes its arguments and environment beside itself. */
async function plugin(name: string): Promise<string> {
  const file = join(folder, name);
  const credential = { apiVersion: "client.authentication.k8s.io/v1beta1", kind: "ExecCredential", status: { token } };
  await writeFile(file, `#!/bin/sh\necho "$@" > ${file}.args\nenv > ${file}.env\necho '${JSON.stringify(credential)}'\n`);
  await chmod(file, 0o755);
  return file;
}

it("reads Argo CD's Secrets in each of their forms, and one that is bad stops itself alone", async () => {
  const ca = Buffer.from(b!.authority.ca).toString("base64");
  hub.argocd("prod-a", a!, { labels: { env: "prod" } });
  hub.argocd("prod-b", b!, { config: { awsAuthConfig: { clusterName: "--b", roleARN: "arn:r" }, tlsClientConfig: { caData: ca } } });
  hub.argocd("bad-json", c!, { config: "{" });
  hub.argocd("bad-program", c!, { config: { execProviderConfig: { command: "evil", apiVersion: "client.authentication.k8s.io/v1" } } });
  hub.argocd("bad-insecure", c!, { config: { bearerToken: token, tlsClientConfig: { insecure: true } } });
  hub.argocd("bad-none", c!, { config: {} });
  hub.argocd("bad-azure", c!, { config: { execProviderConfig: { command: "argocd-k8s-auth", args: ["azure"] } } });
  hub.argocd("left-out", c!, { annotations: { "argocd.argoproj.io/skip-reconcile": "true" } });
  const aws = await plugin("aws");
  const found = await read({ sources: [sourceOf({ argocd: { context: "hub" } })], exec: [`aws=${aws}`] });
  expect(called(found)).toEqual(["prod-a argocd in hub", "prod-b argocd in hub"]);
  expect(codes(found)).toEqual(["bad-azure VK1703", "bad-insecure VK1702", "bad-json VK1705", "bad-none VK1705", "bad-program VK1703"]);
  expect(found.clusters[0]).toMatchObject({ called: "prod-a", server: a!.url, labels: { env: "prod" } });
  expect(await readFile(`${aws}.args`, "utf8")).toBe("eks get-token --cluster-name=--b --role-arn=arn:r --output=json\n");
  expect(JSON.stringify(found.refused.map(({ error }) => [error.message, error.why, error.fix]))).not.toContain(token);
});

it("reads Cluster API's Secrets, those with a kubeconfig under a key, and ClusterProfiles", async () => {
  hub.clusterApi("capi", a!);
  hub.kubeconfig("rke-kubeconfig", { rancher: "yes" }, kubeconfig([b!], token), "config");
  hub.kubeconfig("other", { rancher: "yes" }, "x");
  hub.profile("profiled", c!);
  hub.profile("empty", c!, {});
  const execConfig = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: await plugin("reader"),
    env: [{ name: "MODE", value: "x" }],
    provideClusterInfo: true,
  };
  await writeFile(
    join(folder, "providers.json"),
    JSON.stringify({
      providers: [
        { name: "unknown", execConfig },
        { name: "reader", execConfig },
      ],
    }),
  );
  const sources = [
    sourceOf({ clusterProfiles: { context: "hub", providers: "providers.json" } }),
    sourceOf({ secrets: { context: "hub", selector: "rancher", key: "config" } }),
    sourceOf({ clusterApi: { context: "hub" } }),
  ];
  const found = await read({ sources });
  expect(called(found)).toEqual(["capi clusterApi in hub", "profiled clusterProfiles in hub", "rke secrets in hub"]);
  expect(codes(found)).toEqual(["fleet-default/other VK1705", "inventory/empty VK1705"]);
  const env = await readFile(`${execConfig.command}.env`, "utf8");
  expect(env).toMatch(/^MODE=x$/m);
  expect(JSON.parse(/^KUBERNETES_EXEC_INFO=(.*)$/m.exec(env)?.[1] ?? "")).toMatchObject({
    spec: { cluster: { server: c!.url }, interactive: false },
  });
  expect(env).not.toContain("KUBECONFIG=");
});

it("takes contexts by glob over several files, each of which may call a cluster the same", async () => {
  await writeFile(join(folder, "one"), kubeconfig([a!, b!], token));
  await writeFile(join(folder, "two"), kubeconfig([c!], token).replaceAll("name: c", "name: a").replaceAll("cluster: c", "cluster: a"));
  const sources = [sourceOf({ contexts: ["a*"], kubeconfig: ["one", "two"] })];
  expect(codes(await read({ sources }))).toEqual(["a VK1706", "a VK1706"]);
  const known = new Map([[uidOf(c!), ["third"]]]);
  const found = await read({ sources, knownNames: () => Promise.resolve(known) });
  expect(found.clusters.map(({ name, overrides }) => [name, overrides.kubeconfig])).toEqual([
    ["a", join(folder, "one")],
    ["third", join(folder, "two")],
  ]);
});

const uidOf = (kube: FakeKube): string => asText(at(kube.objects.get("namespaces", undefined, "kube-system") ?? {}, "metadata", "uid"));

test("the first source wins where two name the same cluster, and that is said", async () => {
  hub.argocd("from-argo", a!);
  hub.clusterApi("from-capi", a!);
  const sources = [sourceOf({ clusterApi: { context: "hub" } }), sourceOf({ argocd: { context: "hub" } }), sourceOf({ contexts: ["a"] })];
  const found = await read({ sources });
  expect(found.clusters).toMatchObject([
    { name: "a", source: "contexts", also: ["argocd in hub from-argo", "clusterApi in hub clusters/from-capi"] },
  ]);
  expect(found.sources.map(({ source, found: count }) => `${source} ${count}`)).toEqual([
    "contexts 1",
    "argocd in hub 1",
    "clusterApi in hub 1",
  ]);
});

test("the same UID behind another CA is a conflict, also where the CA cannot be read", async () => {
  const metadata = { name: "kube-system", uid: uidOf(a!) };
  b!.objects.put("namespaces", { ...b!.objects.get("namespaces", undefined, "kube-system"), metadata });
  const sources = [sourceOf({ contexts: ["a", "b", "c"] })];
  const found = await read({ sources });
  expect([called(found), codes(found)]).toEqual([["c contexts"], ["a VK1707", "b VK1707"]]);
  expect(found.refused[0]?.uid).toBe(uidOf(a!));
  const twice = [sourceOf({ contexts: ["a"] }), sourceOf({ contexts: ["a*"] })];
  expect(codes(await read({ sources: twice }))).toEqual([]);
  line.break(({ path }) => (path.includes("kube-root-ca.crt") ? kubeError(403, "Forbidden", "no") : undefined));
  expect(codes(await read({ sources: twice }))).toEqual(["a VK1707", "a VK1707"]);
});

test("a name is what the file says, else what Vault knows, else what is left of what its source calls it", async () => {
  const text = kubeconfig([a!, b!, c!], token)
    .replaceAll(/(name|cluster): a$/gm, "$1: arn:aws:eks:eu:1:cluster/Prod_A")
    .replaceAll(/(name|cluster): c$/gm, "$1: ___");
  await writeFile(join(folder, "arns"), text.replace("current-context: a", ""));
  const sources = [sourceOf({ contexts: ["*"], kubeconfig: ["arns"] })];
  const found = await read({ sources, names: { b: "said" }, knownNames: () => Promise.resolve(new Map([[uidOf(b!), ["known"]]])) });
  expect(called(found)).toEqual(["prod_a contexts", "said contexts"]);
  expect(codes(found)).toEqual(["___ VK1706"]);
  const known = await read({
    sources,
    knownNames: () =>
      Promise.resolve(
        new Map([
          [uidOf(a!), ["x", "y"]],
          [uidOf(c!), ["z"]],
        ]),
      ),
  });
  expect(codes(known)).toEqual(["arn:aws:eks:eu:1:cluster/Prod_A VK1706"]);
  expect(called(known)).toEqual(["b contexts", "z contexts"]);
});

test("Vault is asked for names only where the file leaves one open", async () => {
  const sources = [fileSource({ clusters: new Map([["a", new Map()]]), besides: false })];
  const found = await read({ sources, knownNames: () => Promise.reject(new Error("asked")) });
  expect(called(found)).toEqual(["a file"]);
});

test("a cluster that does not answer, or knows nobody, is named with the reason and stops no other", async () => {
  await b!.stop();
  line.break(({ server }) => (server === "kube c" ? kubeError(401, "Unauthorized", "no") : undefined));
  const found = await read({ sources: [sourceOf({ contexts: ["a", "b", "c", "nobody"] })] });
  expect(called(found)).toEqual(["a contexts"]);
  expect(codes(found)).toEqual(["b VK1103", "c VK1104"]);
  expect(found.refused.map(({ error }) => error.words).join()).toMatch(/\bc\b/);
});

test("a source that does not answer is said, and stops no other", async () => {
  line.break(({ server, path }) =>
    server === "kube hub" && path.includes("secrets")
      ? kubeError(403, "Forbidden", 'secrets is forbidden: User "operator" cannot list resource "secrets"')
      : undefined,
  );
  const found = await read({
    sources: [sourceOf({ contexts: ["a"] }), sourceOf({ argocd: { context: "hub" } }), sourceOf({ argocd: { context: "gone" } })],
  });
  expect(called(found)).toEqual(["a contexts"]);
  expect(found.sources.map(({ error }) => error?.kind)).toEqual([undefined, kinds.kubeForbidden, kinds.unknownContext]);
});

test("--only, --except and --selector narrow, and that is known", async () => {
  hub.argocd("prod-a", a!, { labels: { env: "prod" } });
  hub.argocd("prod-b", b!, { labels: { env: "test" } });
  hub.argocd("bad-c", c!, { config: "{", labels: { env: "prod" } });
  const sources = [sourceOf({ argocd: { context: "hub" } })];
  const named = async (narrow: Partial<FleetWish["narrow"]>) => {
    const found = await read({ sources, narrow: { ...none, ...narrow } });
    return [found.narrowed, ...found.clusters.map(({ name }) => name), ...found.refused.map(({ called: name }) => name)];
  };
  expect(await named({})).toEqual([false, "prod-a", "prod-b", "bad-c"]);
  expect(await named({ only: ["prod-*"] })).toEqual([true, "prod-a", "prod-b"]);
  expect(await named({ except: ["*-b", "bad*"] })).toEqual([true, "prod-a"]);
  expect(await named({ selector: "env=prod" })).toEqual([true, "prod-a", "bad-c"]);
});
