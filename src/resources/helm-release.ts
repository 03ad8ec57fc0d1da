import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { allFields, differences, isRecord, type Plain } from "../core/compare.ts";
import { same, type Diff, type Say } from "../core/resource.ts";
import type { HelmRelease, HelmRequest, Readers, Writers } from "../clients/world.ts";
import type { AppResource } from "../steps/define.ts";
import { owner, ownerLabel } from "./ownership.ts";

export interface ReleaseSpec extends Omit<HelmRequest, "labels"> {
  /** Values that can be said only when the world is known, laid over `values`. */
  readonly lateValues?: (read: Readers) => Promise<Readonly<Record<string, Plain>>>;
  /** Something that whoever installs this should know. */
  readonly notice?: string;
  /** Looks for the same thing installed in another way; what it returns says what was found. */
  readonly elsewhere: (read: Readers) => Promise<string | undefined>;
  /** Whether the release does what it is for; false makes a run wait again. */
  readonly isUp: (read: Readers) => Promise<boolean>;
  /** Waits until it does. Throws with the reason when it cannot. */
  readonly waitUntilUp: (write: Writers, say: Say) => Promise<void>;
}

const inputsLabel = "vault-k8s.io/inputs";

/**
 * A Helm release of ours. One that somebody else installed is used as it is. Label `vault-k8s.io/inputs` is a hash over all that was
 * asked of helm, so that a changed values file or --set shows.
 */
export function helmRelease(spec: ReleaseSpec): AppResource {
  return {
    id: `helm ${spec.namespace}/${spec.name}`,
    diff: async (read) => diffRelease(read, await complete(read, spec)),
    apply: async (write: Writers, say: Say) => applyRelease(write, await complete(write, spec), say),
    command: () => command(spec),
  };
}

async function complete(read: Readers, spec: ReleaseSpec): Promise<ReleaseSpec> {
  if (spec.lateValues === undefined) return spec;
  return { ...spec, values: overlay(spec.values as Plain, await spec.lateValues(read)) as ReleaseSpec["values"] };
}

function overlay(below: Plain | undefined, above: Plain): Plain {
  if (!isRecord(below) || !isRecord(above)) return above;
  return Object.fromEntries([...Object.entries(below), ...Object.entries(above).map(([key, value]) => [key, overlay(below[key], value as Plain)])]) as Plain;
}

async function applyRelease(write: Writers, spec: ReleaseSpec, say: Say): Promise<void> {
  const found = await write.helm.release(spec.namespace, spec.name);
  if (found?.status.startsWith("pending-") === true) await forgetCutOff(write, found, say);
  if ((await differsFrom(found, spec)).length > 0) {
    if (spec.notice !== undefined) say(spec.notice);
    say(`helm installs ${spec.chart.chart} as ${spec.namespace}/${spec.name}`);
    await write.helm.install({ ...spec, labels: { [ownerLabel]: owner, [inputsLabel]: await inputsHash(spec) } });
  }
  await spec.waitUntilUp(write, say);
}

// A helm that was killed leaves its revision "pending", and every later helm refuses. Taking away that record alone changes nothing in the cluster.
async function forgetCutOff(write: Writers, { namespace, name, revision, status }: HelmRelease, say: Say): Promise<void> {
  say(`an earlier helm run was cut off (${status}); its record is taken away`);
  await write.kube.remove({ apiVersion: "v1", kind: "Secret", namespace, name: `sh.helm.release.v1.${name}.v${revision}` });
}

async function diffRelease(read: Readers, spec: ReleaseSpec): Promise<Diff> {
  const found = await read.helm.release(spec.namespace, spec.name);
  if (found === undefined) {
    const other = await spec.elsewhere(read);
    return other === undefined ? { kind: "create", changes: allFields(spec.values as Plain) } : same(`${other}; used as it is`);
  }
  if (found.labels[ownerLabel] !== owner) return same(`${found.chart}, installed by someone else; used as it is`);
  const changes = await differsFrom(found, spec);
  if (changes.length > 0) return { kind: "update", changes };
  return (await spec.isUp(read)) ? same(spec.notice) : { kind: "update", changes: [{ field: "status", before: "not up yet", after: "up" }] };
}

async function differsFrom(found: HelmRelease | undefined, spec: ReleaseSpec) {
  if (found === undefined) return allFields(spec.values as Plain);
  const inputs = await inputsHash(spec);
  return [
    ...differences(spec.values as Plain, found.values as Plain),
    ...(found.status === "deployed" ? [] : [{ field: "status", before: found.status, after: "deployed" }]),
    ...(found.labels[inputsLabel] === inputs ? [] : [{ field: "chart, values files or --set", before: found.labels[inputsLabel], after: inputs }]),
  ];
}

// A label value has at most 63 characters: 40 of the hash are plenty.
async function inputsHash({ chart, values, valuesFiles, sets }: ReleaseSpec): Promise<string> {
  const contents = await Promise.all(valuesFiles.map((file) => readFile(file, "utf8")));
  return createHash("sha256").update(JSON.stringify([chart, values, contents, sets])).digest("hex").slice(0, 40);
}

function command({ name, namespace, chart, values, valuesFiles, sets }: ReleaseSpec): string {
  const repo = chart.repo === undefined || /^(oci:|[./])/.test(chart.chart) ? "" : ` --repo ${chart.repo}`;
  const version = chart.version === undefined ? "" : ` --version ${chart.version}`;
  const rest = [...valuesFiles.map((file) => ` -f ${file}`), ...sets.map((set) => ` --set '${set}'`)].join("");
  return `helm upgrade --install ${name} ${chart.chart}${repo}${version} -n ${namespace} --create-namespace -f -${rest} <<'JSON'\n${JSON.stringify(values, null, 2)}\nJSON`;
}
