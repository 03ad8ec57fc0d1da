import type { Plain } from "../../core/compare.ts";
import { Answers } from "../asked-once/answers.ts";
import type { HelmRequest, HelmWriter, KubeReader } from "../world.ts";
import { atWork, isCutOff, longestMs, runLabel, thisRun } from "./cut-off.ts";
import { place, valuesArgs } from "./arguments.ts";
import { chartArgs } from "../chart.ts";
import { secretsGiven } from "../chart-values.ts";
import { helmEnvironment } from "./environment.ts";
import { helmFailure } from "./failures.ts";
import { mergedValues } from "./merge.ts";
import { helmRecord } from "./record.ts";
import { render } from "./render.ts";
import { runHelm, type HelmOptions } from "./run.ts";
import { checkValuesFiles } from "./values.ts";
import { helmVersion, type HelmVersion } from "./version.ts";
import { keepVersion, knownVersion } from "./version-cache.ts";

const readMs = 60_000;

/** Helm 3.14 and newer, and Helm 4. Nothing runs before the first use. @param answers where its version and what it rendered are kept */
export function helmClient(options: HelmOptions, kube: KubeReader, answers = new Answers()): HelmWriter {
  const known = () => answers.lasting("helm version", () => versionOf(options));
  return {
    version: async () => (await known()).text,
    release: async (namespace, name) => {
      await known();
      return (await helmRecord(kube, namespace, name))?.release;
    },
    install: async (request) => {
      await checkValuesFiles(request.valuesFiles, options.cwd);
      await known();
      await install(options, request);
    },
    isCutOff,
    uninstall: async (namespace, name) => {
      await known();
      await uninstall(options, namespace, name);
    },
    manifest: async (namespace, name) => (await helmRecord(kube, namespace, name))?.manifest ?? "",
    hooks: async (namespace, name) => (await helmRecord(kube, namespace, name))?.hooks ?? "",
    values: async (request) => {
      if (request.valuesFiles.length + request.sets.length === 0) return request.values as Plain;
      await checkValuesFiles(request.valuesFiles, options.cwd);
      await known();
      return await mergedValues(options, request);
    },
    render: async (request) => {
      await checkValuesFiles(request.valuesFiles, options.cwd);
      await known();
      const [{ version }, apis] = await Promise.all([kube.serverFacts(), kube.apis()]);
      return await render(options, answers, request, { version, apis });
    },
  };
}

async function versionOf(options: HelmOptions): Promise<HelmVersion> {
  // What would be refused when helm runs is refused where it need not.
  helmEnvironment(options.env);
  const known = await knownVersion(options);
  if (known !== undefined) return helmVersion(options.program, { ok: true, stdout: known, stderr: "" });
  const said = await runHelm(options, { args: ["version", "--template", "{{.Version}}"], timeoutMs: readMs });
  const version = helmVersion(options.program, said);
  await keepVersion(options, version.text);
  return version;
}

async function install(options: HelmOptions, { namespace, name, chart, values, valuesFiles, sets, labels }: HelmRequest): Promise<void> {
  const label = Object.entries({ ...labels, [runLabel]: await thisRun() })
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const args = [
    "upgrade",
    "--install",
    name,
    ...chartArgs(chart),
    ...place(options, namespace),
    "--create-namespace",
    "--reset-values",
    ...valuesArgs({ valuesFiles, sets }),
    "--labels",
    label,
  ];
  options.onRequest?.("POST", `helm ${namespace}/${name}`);
  const secrets = await secretsGiven({ values, valuesFiles, sets }, options.cwd);
  const release = `${namespace}/${name}`;
  atWork.add(release);
  const output = await runHelm(options, { args, input: JSON.stringify(values), timeoutMs: longestMs, onCluster: true }).finally(() =>
    atWork.delete(release),
  );
  if (!output.ok) throw helmFailure(`install release ${namespace}/${name}`, output.stderr, { chart, context: options.context, secrets });
}

async function uninstall(options: HelmOptions, namespace: string, name: string): Promise<void> {
  options.onRequest?.("DELETE", `helm ${namespace}/${name}`);
  const output = await runHelm(options, { args: ["uninstall", name, ...place(options, namespace)], timeoutMs: longestMs, onCluster: true });
  if (!output.ok && !/release: not found/i.test(output.stderr))
    throw helmFailure(`uninstall release ${namespace}/${name}`, output.stderr, { context: options.context });
}
