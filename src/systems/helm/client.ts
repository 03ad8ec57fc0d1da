import { kinds } from "../../errors.ts";
import type { Plain } from "../../core/compare.ts";
import { CliError } from "../../core/errors.ts";
import { Answers } from "../asked-once/answers.ts";
import type { HelmRelease, HelmRequest, HelmWriter, KubeReader } from "../world.ts";
import { atWork, goTime, isCutOff, longestMs, runLabel, thisRun } from "./cut-off.ts";
import { place, valuesArgs } from "./arguments.ts";
import { chartArgs } from "../chart.ts";
import { secretsGiven } from "../chart-values.ts";
import { helmFailure } from "./failures.ts";
import { mergedValues } from "./merge.ts";
import { manifest, render } from "./render.ts";
import { runHelm, type HelmOptions, type HelmOutput } from "./run.ts";
import { checkValuesFiles } from "./values.ts";
import { helmVersion, type HelmVersion } from "./version.ts";

const readMs = 60_000;

/** Helm 3.14 and newer, and Helm 4. Nothing runs before the first use. @param answers where its version is kept */
export function helmClient(options: HelmOptions, kube: KubeReader, answers = new Answers()): HelmWriter {
  const known = () => answers.lasting("helm version", () => versionOf(options));
  return {
    version: async () => (await known()).text,
    release: async (namespace, name) => release(options, kube, await known(), namespace, name),
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
    manifest: async (namespace, name) => {
      await known();
      return await manifest(options, namespace, name);
    },
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
      return await render(options, request, { version, apis });
    },
  };
}

const versionOf = async (options: HelmOptions): Promise<HelmVersion> =>
  helmVersion(options.program, await runHelm(options, { args: ["version", "--template", "{{.Version}}"], timeoutMs: readMs }));

interface Row {
  readonly name: string;
  readonly revision: string;
  readonly status: string;
  readonly chart: string;
  readonly app_version: string;
  readonly updated?: string;
}

async function release(
  options: HelmOptions,
  kube: KubeReader,
  { major }: HelmVersion,
  namespace: string,
  name: string,
): Promise<HelmRelease | undefined> {
  const about = `read release ${namespace}/${name}`;
  // Helm 4 lists releases in every state unless told otherwise; Helm 3 only good ones.
  const every = major === 3 ? ["--all"] : [];
  options.onRequest?.("GET", `helm ${namespace}/${name}`);
  const [list, got] = await Promise.all([
    runHelm(options, {
      args: ["list", ...every, "--filter", `^${name.replaceAll(".", "\\.")}$`, "--output", "json", ...place(options, namespace)],
      timeoutMs: readMs,
    }),
    runHelm(options, { args: ["get", "values", name, "--output", "json", ...place(options, namespace)], timeoutMs: readMs }),
  ]);
  const row = parsed<Row[]>(list, about).find((one) => one.name === name);
  if (row === undefined) return undefined;
  const values = parsed<HelmRelease["values"] | null>(got, about) ?? {};
  const revision = Number(row.revision);
  const labels = await labelsOf(kube, namespace, name, revision);
  return {
    name,
    namespace,
    revision,
    status: row.status,
    chart: row.chart,
    appVersion: row.app_version,
    values,
    labels,
    updated: goTime(row.updated),
  };
}

/** Labels of a release are those of the Secret that holds its revision, https://helm.sh/docs/topics/advanced/#storage-backends. */
async function labelsOf(kube: KubeReader, namespace: string, name: string, revision: number): Promise<Readonly<Record<string, string>>> {
  const secret = await kube.get({ apiVersion: "v1", kind: "Secret", namespace, name: `sh.helm.release.v1.${name}.v${revision}` });
  return secret?.metadata.labels ?? {};
}

function parsed<T>(output: HelmOutput, about: string): T {
  if (!output.ok) throw helmFailure(about, output.stderr);
  try {
    return JSON.parse(output.stdout) as T;
  } catch {
    throw new CliError(kinds.helmFailed, { what: `helm could not ${about}`, why: "It did not answer with JSON." });
  }
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
  const output = await runHelm(options, { args, input: JSON.stringify(values), timeoutMs: longestMs }).finally(() =>
    atWork.delete(release),
  );
  if (!output.ok) throw helmFailure(`install release ${namespace}/${name}`, output.stderr, { chart, secrets });
}

async function uninstall(options: HelmOptions, namespace: string, name: string): Promise<void> {
  options.onRequest?.("DELETE", `helm ${namespace}/${name}`);
  const output = await runHelm(options, { args: ["uninstall", name, ...place(options, namespace)], timeoutMs: longestMs });
  if (!output.ok && !/release: not found/i.test(output.stderr)) throw helmFailure(`uninstall release ${namespace}/${name}`, output.stderr);
}
