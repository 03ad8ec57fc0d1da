import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Plain } from "../../core/compare.ts";
import type { HelmRequest } from "../world.ts";
import { secretsGiven } from "../chart-values.ts";
import { valuesArgs } from "./arguments.ts";
import { helmFailure } from "./failures.ts";
import { runHelm, type HelmOptions } from "./run.ts";

const mergeMs = 60_000;

/**
 * The values of a request in one piece, laid over each other by helm itself: it renders a chart that does nothing but print them. No
 * cluster is asked.
 */
export async function mergedValues(
  options: HelmOptions,
  { name, values, valuesFiles, sets }: Pick<HelmRequest, "name" | "values" | "valuesFiles" | "sets">,
): Promise<Plain> {
  const secrets = await secretsGiven({ values, valuesFiles, sets }, options.cwd);
  const chart = await mkdtemp(join(tmpdir(), "vault-k8s-values-"));
  try {
    await mkdir(join(chart, "templates"));
    await writeFile(join(chart, "Chart.yaml"), "apiVersion: v2\nname: values\nversion: 0.0.0\n");
    await writeFile(join(chart, "templates", "values.yaml"), "{{ toJson .Values }}\n");
    const output = await runHelm(options, {
      args: ["template", name, chart, ...valuesArgs({ valuesFiles, sets })],
      input: JSON.stringify(values),
      timeoutMs: mergeMs,
    });
    if (!output.ok) throw helmFailure(`read the values of release ${name}`, output.stderr, { secrets });
    return parse(output.stdout) as Plain;
  } finally {
    await rm(chart, { recursive: true, force: true });
  }
}
