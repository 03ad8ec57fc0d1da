import type { CliError } from "../../core/errors.ts";
import type { Secret } from "../../core/redact/known.ts";
import { failure, kinds } from "../../errors.ts";
import { redactorOf } from "../redaction.ts";
import { clean } from "../words.ts";
import { helmAt, kubectlIn } from "../kubectl.ts";
import type { ChartRef } from "../world.ts";

const chartMissing =
  /chart .* not found|failed to download|failed to fetch|repo .* not found|not a valid chart repository|cannot be reached|path ".*" not found|Chart\.yaml file is missing|no such file or directory.*Chart\.yaml|no chart (name|version) found|manifest unknown|not found: not found|unexpected status.*40[134]|does not appear to be a gzipped archive|could not find protocol handler|no cached repo found|unable to detect chart|non-absolute URLs should be in form|Get "https?:\/\/[^"]*(index\.yaml|\/v2\/)|failed to perform "FetchReference"|no such host/i;

/** What helm was to do it with. */
interface About {
  readonly chart?: ChartRef;
  readonly context?: string;
  /** What it was given, and may repeat. */
  readonly secrets?: readonly Secret[];
}

/**
 * What helm said when it failed, as an error. Its words are kept; its command line never stands in them.
 * @param about what helm was to do, e.g. "install release vault/vault"
 */
export function helmFailure(about: string, stderr: string, { chart, context, secrets = [] }: About = {}): CliError {
  const words = wordsOf(stderr, secrets);
  if (/Kubernetes cluster unreachable|connection refused.*\/version|invalid configuration/i.test(stderr))
    return failure(kinds.kubeUnreachable, {
      what: "helm does not reach the cluster",
      why: words,
      fix: context === undefined ? undefined : `Try: ${kubectlIn(context)} get namespaces`,
    });
  if (/is forbidden: User/.test(stderr))
    return failure(kinds.kubeForbidden, {
      what: `Kubernetes does not let you ${about}`,
      why: words,
      fix: "Ask for a role that allows it.",
    });
  if (chart !== undefined && chartMissing.test(stderr))
    return failure(kinds.chartNotFound, {
      what: `The chart ${chart.chart}${chart.version === undefined ? "" : ` ${chart.version}`} was not found`,
      why: words,
      fix: "Name a chart with --chart: a name in the repository (--chart-repo), an oci:// reference, a folder or an archive.",
    });
  if (/failed to parse .*YAML|failed to parse .*yaml/.test(stderr))
    return failure(kinds.badValues, {
      what: "helm cannot read a values file",
      why: words,
      fix: "Correct the file, or leave it out of --values.",
    });
  if (/failed parsing --set/.test(stderr))
    return failure(kinds.badValue, { what: "helm cannot read a --set", why: words, fix: "Write --set KEY=VALUE." });
  if (/cannot be imported into the current release/.test(stderr))
    return failure(kinds.helmFailed, { what: `helm could not ${about}`, why: words, fix: otherRelease(stderr, context) });
  return failure(kinds.helmFailed, {
    what: `helm could not ${about}`,
    why: words,
    fix: /another operation .* is in progress/.test(stderr)
      ? `An earlier helm was cut off. Wait for it, or: ${helmAt(context ?? "CONTEXT", "rollback RELEASE -n NAMESPACE")}`
      : undefined,
  });
}

/** What has no name of a release was made by no helm. */
function otherRelease(stderr: string, context: string | undefined): string {
  const now = (key: string): string | undefined =>
    new RegExp(`release-${key}" must equal "[^"]*": current value is "([^"]*)"`).exec(stderr)?.[1];
  const place = [now("namespace"), now("name")].filter((one) => one !== undefined).map((one) => clean(one));
  if (place.length === 0) return "No helm made it. Take it away, if nothing needs it, and run the same command again.";
  const look = context === undefined ? "helm list -A" : helmAt(context, "list -A");
  return `Another release made it (${place.join(", ")}; ${look} shows it). Use that one, by naming its namespace and release, or uninstall it first.`;
}

/** More of what it says is not looked at, in characters. */
const lookedAt = 1_000_000;

/** helm's own words without its warnings and log lines, line by line: a schema violation has one for each value. */
function wordsOf(stderr: string, secrets: readonly Secret[]): string {
  const shown = redactorOf(secrets, { naming: "assigned", shortest: 4 }).text(stderr.slice(0, lookedAt));
  const lines = shown.split(/\r?\n/).filter((line) => line.trim() !== "" && !/^(WARNING:|level=|time=|[IWE]\d{4} )/.test(line));
  const said = lines
    .slice(0, 12)
    .map((line) => clean(line.replace(/^Error: /, "")))
    .filter((line) => line !== "");
  return said.join("\n") || "helm gave no reason.";
}
