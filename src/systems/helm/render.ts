import type { RenderRequest } from "../world.ts";
import { place, valuesArgs } from "./arguments.ts";
import { chartArgs } from "../chart.ts";
import { secretsGiven } from "../chart-values.ts";
import { helmFailure } from "./failures.ts";
import { runHelm, type HelmOptions } from "./run.ts";

/** A chart may have to be fetched. */
const renderMs = 2 * 60_000;

/** https://helm.sh/docs/helm/helm_get_manifest/ */
export async function manifest(options: HelmOptions, namespace: string, name: string): Promise<string> {
  options.onRequest?.("GET", `helm ${namespace}/${name} manifest`);
  const output = await runHelm(options, { args: ["get", "manifest", name, ...place(options, namespace)], timeoutMs: renderMs });
  if (!output.ok) throw helmFailure(`read the manifest of release ${namespace}/${name}`, output.stderr);
  return output.stdout;
}

/** https://helm.sh/docs/helm/helm_template/, told which Kubernetes it is for: helm asks no cluster here. */
export async function render(
  options: HelmOptions,
  { namespace, name, chart, values, valuesFiles, sets, upgrade, whole = false }: RenderRequest,
  { version, apis }: { readonly version: string; readonly apis: readonly string[] },
): Promise<string> {
  const cluster = [...(version === "" ? [] : ["--kube-version", version]), ...apis.flatMap((api) => ["--api-versions", api])];
  const args = [
    "template",
    name,
    ...chartArgs(chart),
    ...place(options, namespace),
    ...(whole ? ["--include-crds"] : ["--no-hooks"]),
    ...(upgrade ? ["--is-upgrade"] : []),
    ...cluster,
    ...valuesArgs({ valuesFiles, sets }),
  ];
  options.onRequest?.("GET", `helm ${namespace}/${name} rendered`);
  const secrets = await secretsGiven({ values, valuesFiles, sets }, options.cwd);
  const output = await runHelm(options, { args, input: JSON.stringify(values), timeoutMs: renderMs });
  if (!output.ok) throw helmFailure(`render release ${namespace}/${name}`, output.stderr, { chart, secrets });
  return output.stdout;
}
