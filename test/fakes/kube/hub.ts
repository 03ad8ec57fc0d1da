import type { FakeKube } from "./kube.ts";
import { make } from "./making.ts";
import { kubeconfig } from "./kubeconfig.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const data = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)]));

/** A cluster that holds what describes other clusters, each in the form of its tool. */
export class Hub {
  readonly kube: FakeKube;
  readonly #token: string;

  constructor(kube: FakeKube, token: string) {
    this.kube = kube;
    this.#token = token;
  }

  #secret(
    namespace: string,
    name: string,
    labels: Readonly<Record<string, string>>,
    values: Readonly<Record<string, string>>,
    more: object = {},
  ): void {
    make(this.kube.objects, "secrets", {
      apiVersion: "v1",
      kind: "Secret",
      type: "Opaque",
      data: data(values),
      ...more,
      metadata: { namespace, name, labels, ...("annotations" in more ? { annotations: more.annotations as Record<string, string> } : {}) },
    });
  }

  /** As `argocd cluster add` writes one. @param config instead of a bearer token and the CA */
  argocd(
    name: string,
    member: FakeKube,
    { labels = {}, config, annotations }: { labels?: Record<string, string>; config?: unknown; annotations?: Record<string, string> } = {},
  ): void {
    const ca = base64(member.authority.ca);
    const said = config ?? { bearerToken: this.#token, tlsClientConfig: { insecure: false, caData: ca } };
    this.#secret(
      "argocd",
      `cluster-${name}`,
      { "argocd.argoproj.io/secret-type": "cluster", ...labels },
      { name, server: `${member.url}/`, config: typeof said === "string" ? said : JSON.stringify(said) },
      annotations === undefined ? {} : { annotations },
    );
  }

  /** As Cluster API writes one, beside the keys of the cluster's CA. */
  clusterApi(name: string, member: FakeKube): void {
    const labels = { "cluster.x-k8s.io/cluster-name": name };
    const type = "cluster.x-k8s.io/secret";
    this.#secret("clusters", `${name}-ca`, labels, { "tls.crt": "x", "tls.key": "x" }, { type });
    this.#secret("clusters", `${name}-kubeconfig`, labels, { value: kubeconfig([member], this.#token) }, { type });
  }

  /** Any Secret that holds a kubeconfig. */
  kubeconfig(name: string, labels: Readonly<Record<string, string>>, text: string, key = "value"): void {
    this.#secret("fleet-default", name, labels, { [key]: text });
  }

  /** A ClusterProfile as its manager keeps it. */
  profile(name: string, member: FakeKube, status?: object): void {
    const group = "multicluster.x-k8s.io";
    make(this.kube.objects, "customresourcedefinitions.apiextensions.k8s.io", {
      metadata: { name: `clusterprofiles.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind: "ClusterProfile", plural: "clusterprofiles" },
        versions: [{ name: "v1alpha1", served: true, storage: true }],
      },
    });
    make(this.kube.objects, `clusterprofiles.${group}`, {
      apiVersion: `${group}/v1alpha1`,
      kind: "ClusterProfile",
      metadata: { namespace: "inventory", name, labels: {} },
      spec: { displayName: name, clusterManager: { name: "ours" } },
      status: (status ?? {
        accessProviders: [{ name: "reader", cluster: { server: member.url, "certificate-authority-data": base64(member.authority.ca) } }],
      }) as Record<string, string>,
    });
  }
}
