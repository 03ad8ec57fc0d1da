import { failure, kinds } from "../../errors.ts";

/** What Argo CD says of a plugin, the Go type ExecProviderConfig. */
interface ExecProvider {
  readonly command?: string | undefined;
  readonly args?: readonly string[] | null | undefined;
  readonly env?: Readonly<Record<string, string>> | null | undefined;
  readonly apiVersion?: string | undefined;
  readonly installHint?: string | undefined;
  readonly provideClusterInfo?: boolean | null | undefined;
  readonly config?: unknown;
}

interface Aws {
  readonly clusterName: string | undefined;
  readonly roleARN?: string | undefined;
  readonly profile?: string | undefined;
}

/** As kubectl's own set-up for EKS asks. https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html */
export function awsPlugin({ clusterName, roleARN, profile }: Aws, object: string): object {
  if (clusterName === undefined) throw misfit(object, "Its awsAuthConfig has no clusterName.");
  const rest = { "--role-arn": roleARN, "--profile": profile };
  const args = Object.entries(rest).flatMap(([flag, value]) => (value === undefined ? [] : [`${flag}=${value}`]));
  return {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    // One word each: a value is never taken for a flag.
    args: ["eks", "get-token", `--cluster-name=${clusterName}`, ...args, "--output=json"],
  };
}

/** `argocd-k8s-auth` is in Argo CD's image alone: what it does is done by the programs of the clouds. */
const inImage = "argocd-k8s-auth";

/** The plugin that Argo CD would run. @throws CliError VK1705, VK1703 for one that only Argo CD's image has */
export function argoPlugin(
  { command, args, env, apiVersion, installHint, provideClusterInfo, config }: ExecProvider,
  object: string,
): object {
  if (command === inImage) return inArgosImage(args ?? [], object);
  return {
    apiVersion,
    command,
    args: args ?? [],
    env: Object.entries(env ?? {}).map(([name, value]) => ({ name, value })),
    installHint,
    provideClusterInfo: provideClusterInfo ?? config != null,
    interactiveMode: "Never",
  };
}

function inArgosImage([cloud, ...args]: readonly string[], object: string): object {
  if (cloud === "aws")
    return awsPlugin({ clusterName: flag(args, "cluster-name"), roleARN: flag(args, "role-arn"), profile: flag(args, "profile") }, object);
  if (cloud === "gcp")
    return { apiVersion: "client.authentication.k8s.io/v1beta1", command: "gke-gcloud-auth-plugin", provideClusterInfo: true };
  throw failure(kinds.heldProgram, {
    what: `The credentials in ${object} are not used`,
    why: `They come from ${inImage}, which is in Argo CD's own image alone.`,
    fix:
      cloud === "azure"
        ? "Have the Secret run kubelogin, or list a context of your own kubeconfig."
        : "Name a program that is on this machine.",
  });
}

/** `--name value` or `--name=value`. */
function flag(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(`--${name}`);
  const joined = args.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);
  return joined ?? (at === -1 ? undefined : args[at + 1]);
}

const misfit = (object: string, why: string): Error =>
  failure(kinds.heldShape, { what: `${object} is no cluster of Argo CD`, why, fix: "Correct it there." });
