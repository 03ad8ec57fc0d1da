/** A component of the lab that is built from source; also the name of its folder in the cache. */
export type Component = "pause" | "etcd" | "kubernetes" | "coredns" | "vault" | "helm4" | "external-secrets" | "helm3" | "kes-controller";

/** A program that the benchmark compares with. Nothing else needs it, so that it is built when the benchmark first runs. */
export type Peer = "kubectl";

/** One program of a component: the file it becomes, and the Go package it is built from. */
interface Program {
  readonly file: string;
  readonly package: string;
}

/** Another module's source, with files changed, that is put into a folder beside go.mod, where a `replace` finds it. */
export interface PatchedSource {
  readonly module: string;
  readonly version: string;
  readonly folder: string;
  /** Files of that module, each with the file of ours that takes its place. */
  readonly files: Readonly<Record<string, string>>;
}

/** How one component is built. All of it but the seconds counts into the name of its folder in the cache. */
export interface Recipe {
  readonly component: Component | Peer;
  readonly version: string;
  /** Folder of the Go module, seen from this one. Components that share one compile their common packages once. */
  readonly module: string;
  readonly programs: readonly Program[];
  /** Values that the linker sets, as `package.variable` to text. */
  readonly linkerValues?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  /** Compiled without optimisation: sooner done, and as quick to start. Not for a command that benchmarks run. */
  readonly quick: boolean;
  readonly patched?: PatchedSource;
  /** Helm chart made from the patched source. */
  readonly chart?: { readonly templates: string; readonly crds: string };
  /** Further files that the result depends on. */
  readonly inputs?: readonly string[];
  /** Seconds that it takes on two cores when its turn comes, for telling what is left. */
  readonly seconds: number;
}

const versionPackage = "k8s.io/component-base/version";
/** Without these the API server says that it is v0.0.0. */
const kubernetesVersion = {
  [`${versionPackage}.gitVersion`]: "v1.34.4",
  [`${versionPackage}.gitMajor`]: "1",
  [`${versionPackage}.gitMinor`]: "34",
};
const kubernetesPrograms = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"];

/** The source holds every provider of secrets; the lab compiles the one for Vault, which is a third of the whole. */
const externalSecrets: PatchedSource = {
  module: "github.com/external-secrets/external-secrets",
  version: "0.20.4",
  folder: "source",
  files: { "pkg/provider/register/register.go": "register/register.go" },
};

/** One module for all that is built on the same minor version of Kubernetes. */
const cluster = { module: "components/cluster", patched: externalSecrets, quick: true };

/** All components in the order of need: what a cluster cannot start without comes first. */
export const recipes: readonly Recipe[] = [
  {
    component: "pause",
    version: "1.0.0",
    module: "components/pause",
    programs: [{ file: "pause", package: "." }],
    quick: true,
    seconds: 10,
  },
  {
    ...cluster,
    component: "etcd",
    version: "3.6.8",
    programs: [{ file: "etcd", package: "go.etcd.io/etcd/server/v3" }],
    seconds: 40,
  },
  {
    ...cluster,
    component: "kubernetes",
    version: "1.34.4",
    programs: [...kubernetesPrograms, "kubectl"].map((file) => ({ file, package: `k8s.io/kubernetes/cmd/${file}` })),
    linkerValues: kubernetesVersion,
    seconds: 200,
  },
  {
    ...cluster,
    component: "coredns",
    version: "1.14.0",
    programs: [{ file: "coredns", package: "./coredns" }],
    seconds: 10,
  },
  {
    component: "vault",
    version: "1.21.0",
    module: "components/vault",
    programs: [{ file: "vault", package: "." }],
    tags: ["minimal"],
    quick: false,
    seconds: 220,
  },
  {
    component: "helm4",
    version: "4.3.1",
    module: "components/helm4",
    programs: [{ file: "helm", package: "helm.sh/helm/v4/cmd/helm" }],
    linkerValues: { "helm.sh/helm/v4/internal/version.version": "v4.3.1" },
    quick: false,
    seconds: 100,
  },
  {
    ...cluster,
    component: "external-secrets",
    version: externalSecrets.version,
    programs: [{ file: "external-secrets", package: externalSecrets.module }],
    chart: { templates: "deploy/charts/external-secrets", crds: "deploy/crds/bundle.yaml" },
    inputs: ["chart.ts"],
    seconds: 60,
  },
  {
    component: "helm3",
    version: "3.22.0",
    module: "components/helm3",
    programs: [{ file: "helm", package: "helm.sh/helm/v3/cmd/helm" }],
    linkerValues: { "helm.sh/helm/v3/internal/version.version": "v3.22.0" },
    quick: false,
    seconds: 60,
  },
  {
    component: "kes-controller",
    version: "1.0.0",
    module: "../images/kes-controller",
    programs: [{ file: "kes-controller", package: "." }],
    quick: true,
    seconds: 15,
  },
];

/** The lab's own kubectl is compiled quickly, and so takes longer than the one that people have; Vault and Helm of the lab are as theirs. */
export const peers: readonly Recipe[] = [
  {
    ...cluster,
    component: "kubectl",
    version: "1.34.4",
    programs: [{ file: "kubectl", package: "k8s.io/kubernetes/cmd/kubectl" }],
    linkerValues: kubernetesVersion,
    quick: false,
    seconds: 200,
  },
];

/** The recipe of a component. */
export function recipeOf(component: Recipe["component"]): Recipe {
  const recipe = [...recipes, ...peers].find((each) => each.component === component);
  if (recipe === undefined) throw new Error(`There is no recipe for ${component}.`);
  return recipe;
}
