import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Answers } from "../asked-once/answers.ts";
import type { RenderRequest } from "../world.ts";
import { place, valuesArgs } from "./arguments.ts";
import { chartArgs } from "../chart.ts";
import { secretsGiven } from "../chart-values.ts";
import { helmFailure } from "./failures.ts";
import { runHelm, type HelmOptions } from "./run.ts";

/** A chart may have to be fetched. */
const renderMs = 2 * 60_000;

/**
 * https://helm.sh/docs/helm/helm_template/, told which Kubernetes it is for: helm asks no cluster here, so that the same inputs give the same manifest
 * and are rendered once a run.
 */
export async function render(
  options: HelmOptions,
  answers: Answers,
  { namespace, name, chart, values, valuesFiles, sets, upgrade, whole = false }: RenderRequest,
  { version, apis }: { readonly version: string; readonly apis: readonly string[] },
): Promise<string> {
  const cluster = [...(version === "" ? [] : ["--kube-version", version]), ...apis.flatMap((api) => ["--api-versions", api])];
  const args = [
    "template",
    name,
    ...chartArgs(chart),
    ...place(options, namespace),
    ...(whole ? ["--include-crds"] : []),
    ...(upgrade ? ["--is-upgrade"] : []),
    ...cluster,
    ...valuesArgs({ valuesFiles, sets }),
  ];
  const input = JSON.stringify(values);
  const files = await Promise.all(valuesFiles.map((file) => readFile(resolve(options.cwd, file), "utf8")));
  return answers.lasting(
    `helm render ${createHash("sha256")
      .update(JSON.stringify([args, input, files]))
      .digest("hex")}`,
    async () => {
      options.onRequest?.("GET", `helm ${namespace}/${name} rendered`);
      const secrets = await secretsGiven({ values, valuesFiles, sets }, options.cwd);
      const output = await runHelm(options, { args, input, timeoutMs: renderMs });
      if (!output.ok) throw helmFailure(`render release ${namespace}/${name}`, output.stderr, { chart, secrets });
      return output.stdout;
    },
  );
}
