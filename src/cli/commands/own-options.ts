/** A flag that is no setting: it concerns one run of one command. */
export interface OwnOption {
  readonly flag: string;
  /** What its value is called in the help. Left out for a switch. */
  readonly value?: string;
  readonly help: string;
  /** It may be said several times. */
  readonly repeatable?: true;
}

export type OwnOptions = readonly OwnOption[];

/** The values of options by their flags in camel case, as the command line said them; undefined for what it did not say. */
export type OptionValues<O extends OwnOptions> = {
  readonly [Option in O[number] as CamelCase<Option["flag"]>]: ValueOf<Option> | undefined;
};

type CamelCase<Text extends string> = Text extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : Text;
type ValueOf<Option extends OwnOption> = string extends Option["flag"]
  ? string | true | readonly string[]
  : Option extends { readonly repeatable: true }
    ? readonly string[]
    : Option extends { readonly value: string }
      ? string
      : true;

export const planOptions = [
  { flag: "out", value: "FILE", help: "Also keep the plan in FILE, for apply; it holds no secret values" },
  { flag: "detailed-exitcode", help: "End with 0 when there is nothing to change, 2 when there is, 1 on an error" },
] as const satisfies OwnOptions;

export const exportOptions = [
  { flag: "format", value: "FORMAT", help: "yaml, kustomize, argocd or flux (default: kustomize)" },
  { flag: "out", value: "DIR", help: "Write the files there; without it the manifests go to standard output" },
  { flag: "repo-path", value: "PATH", help: "Where DIR lies in the repository, for Flux (default: DIR)" },
] as const satisfies OwnOptions;

export const operatorInitOptions = [
  {
    flag: "wipe-lost",
    value: "CLUSTER",
    help: "After an init whose keys were lost: delete the volumes and pods of this Vault, and initialise it anew. The name of the cluster must be typed out",
  },
] as const satisfies OwnOptions;

export const operatorUnsealOptions = [
  { flag: "key-stdin", help: "The same as -" },
  { flag: "watch", help: "Go on until interrupted: a pod that comes back sealed is unsealed again. Ends with 130" },
] as const satisfies OwnOptions;

export const operatorGenerateRootOptions = [
  { flag: "key-stdin", help: "Read the keys from standard input, one a line, or the JSON document of a share" },
  { flag: "cancel", value: "NONCE", help: "Run nothing: end the root generation with this nonce, whoever began it" },
] as const satisfies OwnOptions;

export const secretPutOptions = [
  { flag: "from-file", value: "KEY=FILE", help: "The value of KEY is the content of FILE (repeatable)", repeatable: true },
  {
    flag: "from-env-file",
    value: "FILE",
    help: "Values from FILE, lines of KEY=VALUE as kubectl reads them (repeatable)",
    repeatable: true,
  },
  { flag: "from-json", value: "FILE", help: "The secret is the JSON object in FILE" },
  {
    flag: "cas",
    value: "N",
    help: "Write only if the current version is N; 0: only if there is none (default: the version that was just read)",
  },
] as const satisfies OwnOptions;

export const verifyOptions = [
  { flag: "inside", help: "Also prove it from pods in the cluster" },
  {
    flag: "image",
    value: "IMAGE",
    help: "Image of those pods, with the vault or bao command (default: that of the Vault pods of this cluster)",
  },
  { flag: "junit", value: "FILE", help: "Also write the proofs to FILE as JUnit XML" },
] as const satisfies OwnOptions;

export const adoptOptions = [
  { flag: "releases", help: "Also take over the Helm releases of Vault and of the operator: the next bootstrap gives them our values" },
] as const satisfies OwnOptions;

export const teardownOptions = [
  { flag: "confirm", value: "NAME", help: "The name of the cluster, where nobody can be asked to type it; --yes alone is not enough" },
  { flag: "keep-secrets", help: "Secrets that ExternalSecrets made stay as they are (the default)" },
  { flag: "delete-secrets", help: "They are deleted: applications lose them" },
  { flag: "delete-data", help: "Delete Vault's volumes where Vault goes, else the secrets of the cluster in Vault, with all versions" },
  { flag: "force-vault", help: "Uninstall Vault although other clusters log in to it" },
] as const satisfies OwnOptions;

export const statusOptions = [
  { flag: "all", help: "All clusters: those of the configuration file, and those that Vault knows by our mark" },
  { flag: "watch", help: "Look again until interrupted: redrawn on a terminal, else a line for each change. Ends with 130" },
  { flag: "every", value: "DURATION", help: "How often --watch looks (default: 5s)" },
  { flag: "html", value: "FILE", help: "Also write a page that needs nothing else, to attach to a ticket" },
] as const satisfies OwnOptions;

export const doctorOptions = [
  { flag: "fix", help: "Mend what was found, where a step or a small change does it; asks first (--yes: does not)" },
  { flag: "probe-pod", help: "Also look at the API server from a short-lived pod in Vault's namespace; it is removed afterwards" },
  { flag: "image", value: "IMAGE", help: "Image of that pod, with vault or bao and a shell (default: that of the running Vault pod)" },
] as const satisfies OwnOptions;

export const preflightOptions = [
  { flag: "rbac", help: "Print the roles and bindings for everything that bootstrap does, whether you have the rights or not" },
  { flag: "for", value: "USER", help: "Who gets the roles of --rbac, such as system:serviceaccount:ci:deploy (default: you)" },
  { flag: "vault-policy", help: "Print the Vault policy for everything that bootstrap does in a Vault that is there" },
] as const satisfies OwnOptions;

export const supportBundleOptions = [
  { flag: "out", value: "FILE", help: "A new .tar.gz file, or a new folder (default: vault-k8s-support-<cluster>-<time>.tar.gz)" },
] as const satisfies OwnOptions;

export const versionOptions = [{ flag: "servers", help: "Also the versions of helm and of the servers" }] as const satisfies OwnOptions;

/** Of every command about a fleet: which clusters are meant. */
export const fleetOptions = [
  {
    flag: "contexts",
    value: "GLOB",
    help: "Contexts of the kubeconfig whose names fit are of the fleet; * stands for any characters (repeatable)",
    repeatable: true,
  },
  { flag: "only", value: "GLOB", help: "Only clusters whose name fits (repeatable)", repeatable: true },
  { flag: "except", value: "GLOB", help: "Without clusters whose name fits (repeatable)", repeatable: true },
  { flag: "selector", value: "LABELS", help: "Only clusters with these labels, as kubectl takes them" },
  {
    flag: "allow-exec",
    value: "NAME=PATH",
    help: "Credentials out of Secrets may have the program NAME run, as this absolute path; ,VARIABLE behind it lists what it gets of the environment (repeatable)",
    repeatable: true,
  },
  { flag: "allow-insecure", help: "Also clusters whose Secret turns the check of their server off" },
] as const satisfies OwnOptions;

/** Of every command that does something for each cluster of a fleet. */
export const fleetRunOptions = [
  ...fleetOptions,
  { flag: "concurrency", value: "N", help: "Clusters that are under way at once (default: 16)" },
  { flag: "canary", value: "N", help: "So many clusters first: the others are begun only when these went well" },
  { flag: "max-failures", value: "N", help: "Begin no more once so many have failed (default: go on)" },
  { flag: "cluster-timeout", value: "DURATION", help: "How long one cluster may take before it is given up (default: 10m)" },
] as const satisfies OwnOptions;

const fleetStepsOptions = [
  ...fleetRunOptions,
  { flag: "steps", value: "STEP,...", help: "Only these of its steps, such as reviewer,kv,policy,auth,role" },
] as const satisfies OwnOptions;

const metrics = { flag: "metrics", value: "FILE", help: "Also write how the fleet stands to FILE, for Prometheus" } as const;

export const fleetPlanOptions = [...fleetStepsOptions, metrics] as const satisfies OwnOptions;

export const fleetStatusOptions = [
  ...fleetRunOptions,
  metrics,
  { flag: "html", value: "FILE", help: "Also write a page that needs nothing else, with all clusters in one table" },
] as const satisfies OwnOptions;

export const fleetTeardownOptions = [
  ...fleetRunOptions,
  { flag: "confirm", value: "N", help: "How many clusters are torn down, where nobody can be asked to type it; --yes alone is not enough" },
  { flag: "delete-secrets", help: "Secrets that ExternalSecrets made are deleted: applications lose them (default: they stay)" },
] as const satisfies OwnOptions;

export const fleetApplyOptions = [
  ...fleetStepsOptions,
  { flag: "prune", help: "Also take away from Vault what is of clusters that have left the fleet, never their secrets" },
  { flag: "confirm", value: "N", help: "How many clusters --prune takes away, where nobody can be asked to type it" },
] as const satisfies OwnOptions;

export const fleetScheduleOptions = [
  ...fleetOptions,
  { flag: "image", value: "IMAGE", help: "The image that runs, as NAME@DIGEST" },
  { flag: "cron", value: "CRON", help: "When it runs (default: 17 */6 * * *)" },
  { flag: "in-namespace", value: "NAME", help: "Namespace that it runs in (default: vault-k8s-fleet)" },
] as const satisfies OwnOptions;

export const fleetExportOptions = [
  ...fleetRunOptions,
  { flag: "format", value: "FORMAT", help: "yaml, kustomize, argocd or flux (default: kustomize)" },
  { flag: "out", value: "DIR", help: "A folder for each cluster is written there, by its name in Vault" },
  { flag: "repo-path", value: "PATH", help: "Where DIR lies in the repository, for Flux (default: DIR)" },
] as const satisfies OwnOptions;
