import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { LabState } from "../../api.ts";
import { waitFor } from "../../machine/wait.ts";
import { inLab, kubectl } from "../product.ts";
import { definitions } from "./definitions.ts";

interface Kubeconfig {
  readonly clusters: { readonly name: string; readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: { readonly name: string; readonly user: Readonly<Record<string, string>> }[];
}

/** eks-staging as eks-prod's objects describe it: each tool's in its own form, and bad ones among them. */
export async function describeStaging(lab: LabState): Promise<{ readonly file: string; readonly token: string }> {
  const config = parse(await readFile(lab.kubeconfig, "utf8")) as Kubeconfig;
  const named = <T extends { readonly name: string }>(all: readonly T[]): T => all.find(({ name }) => name.includes("staging")) ?? all[1]!;
  const [{ cluster }, { user }] = [named(config.clusters), named(config.users)];
  await kubectl(lab, "eks-staging", ["create", "serviceaccount", "fleet", "-n", "kube-system"]);
  await kubectl(lab, "eks-staging", [
    "create",
    "clusterrolebinding",
    "fleet",
    "--clusterrole=cluster-admin",
    "--serviceaccount=kube-system:fleet",
  ]);
  const token = (await kubectl(lab, "eks-staging", ["create", "token", "fleet", "-n", "kube-system"])).trim();
  await mkdir(lab.data, { recursive: true });
  const folder = await mkdtemp(join(lab.data, "fleet-"));
  await apply(lab, [...definitions, ...namespaces]);
  await waitFor("the definitions are served", 30, async () => (await inLab(lab, served)).exitCode === 0);
  await apply(lab, [...argocd(cluster, token), ...clusterApi(cluster, user), profile("good"), profile("bad")]);
  const offered = {
    accessProviders: [
      { name: "ours", cluster: { server: cluster["server"], "certificate-authority-data": cluster["certificate-authority-data"] } },
    ],
  };
  for (const [name, status] of Object.entries({
    good: offered,
    bad: { accessProviders: [{ ...offered.accessProviders[0], name: "theirs" }] },
  }))
    await kubectl(lab, "eks-prod", [
      "patch",
      "clusterprofile",
      name,
      "-n",
      "inventory",
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status }),
    ]);
  return { file: await fleetFile(folder, token), token };
}

const served = [
  "kubectl",
  "--context",
  "eks-prod",
  "wait",
  "--for=condition=Established",
  "--timeout=20s",
  "crd/clusters.cluster.x-k8s.io",
  "crd/clusterprofiles.multicluster.x-k8s.io",
];

const apply = (lab: LabState, objects: readonly object[]): Promise<string> =>
  kubectl(lab, "eks-prod", ["apply", "-f", "-"], { input: objects.map((object) => stringify(object)).join("---\n") });

const namespaces = ["argocd", "inventory", "capi"].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));

const secret = (namespace: string, name: string, labels: object, stringData: object, type = "Opaque"): object => ({
  apiVersion: "v1",
  kind: "Secret",
  type,
  metadata: { namespace, name, labels },
  stringData,
});

function argocd(cluster: Readonly<Record<string, string>>, bearerToken: string): object[] {
  const caData = cluster["certificate-authority-data"];
  const one = (name: string, config: object | string): object =>
    secret(
      "argocd",
      `cluster-${name}`,
      { "argocd.argoproj.io/secret-type": "cluster" },
      { name, server: cluster["server"], config: typeof config === "string" ? config : JSON.stringify(config) },
    );
  return [
    one("good", { bearerToken, tlsClientConfig: { insecure: false, caData } }),
    one("no-json", "{"),
    one("unchecked", { bearerToken, tlsClientConfig: { insecure: true } }),
    one("program", {
      execProviderConfig: { command: "steal", apiVersion: "client.authentication.k8s.io/v1" },
      tlsClientConfig: { caData },
    }),
  ];
}

function clusterApi(cluster: Readonly<Record<string, string>>, user: Readonly<Record<string, string>>): object[] {
  const kubeconfig = (name: string, said: object): string =>
    stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": `${name}-admin@${name}`,
      clusters: [{ name, cluster }],
      users: [{ name: `${name}-admin`, user: said }],
      contexts: [{ name: `${name}-admin@${name}`, context: { cluster: name, user: `${name}-admin` } }],
    });
  const one = (name: string, said: object): object[] => [
    { apiVersion: "cluster.x-k8s.io/v1beta2", kind: "Cluster", metadata: { namespace: "capi", name }, spec: {} },
    secret(
      "capi",
      `${name}-kubeconfig`,
      { "cluster.x-k8s.io/cluster-name": name },
      { value: kubeconfig(name, said) },
      "cluster.x-k8s.io/secret",
    ),
  ];
  return [...one("good", user), ...one("path", { tokenFile: "/etc/hostname" })];
}

const profile = (name: string): object => ({
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ClusterProfile",
  metadata: { namespace: "inventory", name, labels: { "x-k8s.io/cluster-manager": "ours" } },
  spec: { displayName: name, clusterManager: { name: "ours" } },
});

/** A vault-k8s.yaml with all of these sources; its program gives the token. */
async function fleetFile(folder: string, token: string): Promise<string> {
  const [program, providers, file] = ["plugin", "providers.json", "fleet.yaml"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const apiVersion = "client.authentication.k8s.io/v1";
  await writeFile(program, `#!/bin/sh\necho '${JSON.stringify({ apiVersion, kind: "ExecCredential", status: { token } })}'\n`, {
    mode: 0o700,
  });
  await chmod(program, 0o700);
  const execConfig = { apiVersion, command: program, provideClusterInfo: true };
  await writeFile(providers, JSON.stringify({ providers: [{ name: "ours", execConfig }] }));
  const context = "eks-prod";
  const sources = [{ argocd: { context } }, { clusterApi: { context } }, { clusterProfiles: { context, providers: "providers.json" } }];
  await writeFile(file, stringify({ vault: { context }, fleet: { name: "lab", sources, names: { good: "staging" } } }));
  return file;
}

/** Takes all of it away again. */
export async function forgetStaging(lab: LabState): Promise<void> {
  await kubectl(lab, "eks-prod", ["delete", "namespace", "argocd", "inventory", "capi", "--ignore-not-found"]);
  const crds = ["clusters.cluster.x-k8s.io", "clusterprofiles.multicluster.x-k8s.io", "appprojects.argoproj.io"];
  await kubectl(lab, "eks-prod", ["delete", "crd", ...crds, "--ignore-not-found"]);
  await kubectl(lab, "eks-staging", ["delete", "clusterrolebinding/fleet", "--ignore-not-found"]);
  await kubectl(lab, "eks-staging", ["delete", "serviceaccount/fleet", "-n", "kube-system", "--ignore-not-found"]);
}
