import { basename } from "node:path";
import { stringify } from "yaml";
import { asObject, asText, type JsonObject } from "../wire/json.ts";
import { builtInKinds, apiVersionOf } from "../kube/kinds.ts";
import { nameOf, namespaceOf } from "../kube/objects.ts";
import type { Chart } from "./chart.ts";
import { charts } from "./charts.ts";
import { ClusterClient, HelmError } from "./cluster-client.ts";
import { one, type HelmCall } from "./flags.ts";
import { begin, forget, releasesIn, settleRelease, type StoredRelease } from "./releases.ts";
import { valuesOf } from "./values.ts";

export interface Shell {
  readonly version: string;
  readonly timeoutMs: number;
  readonly input: string;
  readonly kubeconfig: string | undefined;
}

/** What a call prints. Throws HelmError with helm's words. */
export async function runCall(call: HelmCall, shell: Shell): Promise<string> {
  const [verb] = call.words;
  if (verb === "version") return shell.version;
  if (verb === "template") return template(call, shell);
  const client = new ClusterClient(one(call, "--kubeconfig") ?? shell.kubeconfig ?? "", one(call, "--kube-context") ?? "", shell.timeoutMs);
  if (verb === "upgrade") return upgrade(client, call, shell);
  if (verb === "uninstall") return uninstall(client, call);
  throw new HelmError(`unknown command "${verb ?? ""}" for "helm"`);
}

const namespaceIn = (call: HelmCall): string => one(call, "--namespace") ?? "default";

function template(call: HelmCall, { input }: Shell): string {
  const [, name = "", chartName = ""] = call.words;
  // A chart that prints its values.
  if (basename(chartName).startsWith("vault-k8s-values-")) return JSON.stringify(valuesOf(call, input));
  return manifestOf(
    findChart(chartName, one(call, "--repo"), one(call, "--version")).render({
      name,
      namespace: namespaceIn(call),
      values: valuesOf(call, input),
    }),
  );
}

const manifestOf = (objects: readonly JsonObject[]): string =>
  objects.map((object) => `---\n# Source: fake\n${stringify(object)}`).join("");

async function upgrade(client: ClusterClient, call: HelmCall, { input }: Shell): Promise<string> {
  const [, name = "", chartName = ""] = call.words;
  const namespace = namespaceIn(call);
  const values = valuesOf(call, input);
  const chart = findChart(chartName, one(call, "--repo"), one(call, "--version"));
  const before = (await releasesIn(client, namespace)).find((release) => release.name === name);
  if (before?.status.startsWith("pending-") === true)
    throw new HelmError("UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress");
  if (call.flags.has("--create-namespace") && before === undefined) await makeNamespace(client, namespace);
  const release: StoredRelease = {
    name,
    namespace,
    values,
    revision: (before?.revision ?? 0) + 1,
    status: before === undefined ? "pending-install" : "pending-upgrade",
    chart: `${basename(chartName)}-${chart.version}`,
    appVersion: chart.appVersion,
    updated: new Date().toISOString(),
    manifest: manifestOf(chart.render({ name, namespace, values })),
    labels: { ...before?.labels, ...labelsIn(call) },
  };
  await begin(client, release);
  const gone = before === undefined ? [] : onlyIn(chartOf(before).render(before), chart.render(release));
  await applyAll(client, release, chart, gone);
  return `Release "${name}" has been upgraded. Happy Helming!`;
}

/** Takes away what the chart made but its definitions, as from a chart's folder crds, and the record last. */
async function uninstall(client: ClusterClient, call: HelmCall): Promise<string> {
  const [, name = ""] = call.words;
  const release = (await releasesIn(client, namespaceIn(call))).find((each) => each.name === name);
  if (release === undefined) throw new HelmError(`uninstall: Release not loaded: ${name}: release: not found`);
  const objects = chartOf(release).render(release);
  for (const object of objects.toReversed()) if (object["kind"] !== "CustomResourceDefinition") await client.send("DELETE", pathOf(object));
  await forget(client, release);
  return `release "${name}" uninstalled`;
}

/** What an upgrade takes away: it was made by the revision before, and is not in this one. */
function onlyIn(before: readonly JsonObject[], now: readonly JsonObject[]): JsonObject[] {
  const paths = new Set(now.map(pathOf));
  return before.filter((object) => !paths.has(pathOf(object)) && object["kind"] !== "CustomResourceDefinition");
}

async function applyAll(client: ClusterClient, release: StoredRelease, chart: Chart, gone: readonly JsonObject[]): Promise<void> {
  try {
    for (const object of chart.render(release)) await client.apply(pathOf(object), marked(object, release));
    for (const object of gone) await client.send("DELETE", pathOf(object));
  } catch (error) {
    await settleRelease(client, { ...release, status: "failed" }).catch(() => undefined);
    throw error;
  }
  await settleRelease(client, { ...release, status: "deployed" });
}

/** Helm says on each object of which release it is. */
function marked(object: JsonObject, { name, namespace }: StoredRelease): JsonObject {
  const metadata = asObject(object["metadata"]);
  const annotations = {
    ...asObject(metadata["annotations"]),
    "meta.helm.sh/release-name": name,
    "meta.helm.sh/release-namespace": namespace,
  };
  return { ...object, metadata: { ...metadata, annotations } };
}

function chartOf({ chart }: StoredRelease): Chart {
  const [, name = "", version] = /^(.*)-([\d.]+)$/.exec(chart) ?? [];
  return findChart(name, undefined, version);
}

/** Any version that it does not know is the newest. */
function findChart(name: string, repo: string | undefined, version: string | undefined): Chart {
  const found = charts[basename(name).replace(/(-[\d.]+)?\.tgz$/, "")];
  if (found !== undefined) return found.older?.find((each) => each.version === version) ?? found;
  throw new HelmError(
    repo === undefined
      ? `path ${JSON.stringify(name)} not found`
      : `chart "${name}" matching  not found in ${repo} index. (try 'helm repo update'): no chart name found`,
  );
}

async function makeNamespace(client: ClusterClient, name: string): Promise<void> {
  await client
    .send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { name } } })
    .catch((error: Error) => {
      if (!error.message.includes("already exists")) throw error;
    });
}

/** As Go prints a time. */

const labelsIn = (call: HelmCall): JsonObject =>
  Object.fromEntries(
    (one(call, "--labels") ?? "")
      .split(",")
      .filter((pair) => pair !== "")
      .map((pair) => pair.split("=") as [string, string]),
  );

function pathOf(object: JsonObject): string {
  const [kind, apiVersion] = [asText(object["kind"]), asText(object["apiVersion"])];
  const known = builtInKinds.find((candidate) => candidate.kind === kind && apiVersionOf(candidate) === apiVersion);
  if (known === undefined) throw new HelmError(`no matches for kind "${kind}" in version "${apiVersion}"`);
  const root = known.group === "" ? "/api/v1" : `/apis/${apiVersion}`;
  return `${root}${known.namespaced ? `/namespaces/${namespaceOf(object)}` : ""}/${known.plural}/${nameOf(object)}`;
}

// The real helm never speaks of JavaScript: what trips over an answer of another shape is what helm calls an invalid answer.
export const failed = (error: unknown): string =>
  `Error: ${error instanceof TypeError ? "the server sent an answer of another shape" : error instanceof Error ? error.message : String(error)}\n`;
