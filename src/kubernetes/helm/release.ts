import { helmAt } from "../../systems/kubectl.ts";
import { isRecord, type Plain } from "../../core/compare.ts";
import { CliError, exitCodes, NotYet } from "../../core/errors.ts";
import { same, unlessRefused, type Change, type Command, type Diff, type PreviewOf, type Refusal, type Say } from "../../core/resource.ts";
import { failure, kinds } from "../../errors.ts";
import type { HelmRelease, KubeObject, Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { differsFrom, forgottenValues, inputsHash, inputsLabel, newValues, secretTexts } from "./inputs.ts";
import { type ReleaseInputs } from "../../systems/world.ts";
import { helmCommand } from "./command.ts";
import { manifestChanges } from "./manifest.ts";
import { objectsIn } from "./objects.ts";
import { refusedByServer, refusedChange } from "./refusals.ts";
import { makeWay, toMakeWay } from "./replacement.ts";
import { unchangeable } from "./fixed-fields.ts";
import { manifestNeeds } from "./manifest-needs.ts";
import { releaseRemoval, type RemovableRelease } from "./release-removal.ts";
import { onObject, type Need } from "../../systems/need.ts";
import { owner, ownerLabel } from "../ownership.ts";

export interface ReleaseSpec extends ReleaseInputs {
  /** Values that can be said only when the world is known, laid over `values`. `found` is the release as it is. */
  readonly lateValues?: (read: Readers, found: HelmRelease | undefined) => Promise<Readonly<Record<string, Plain>>>;
  /** What of a change cannot be made, or not without consent: asked where helm would change something, with the objects that it would make. */
  readonly refuses?: (read: Readers, wanted: readonly KubeObject[]) => Promise<Refusal | undefined>;
  /** What of the objects is not to be made at all. */
  readonly wrong?: (wanted: readonly KubeObject[]) => Refusal | undefined;
  /** Something that whoever installs this should know. */
  readonly notice?: string;
  /** Looks for the same thing installed in another way; what it returns says what was found. */
  readonly elsewhere: (read: Readers) => Promise<string | undefined>;
  /** Whether the release does what it is for; false makes a run wait again. */
  readonly isUp: (read: Readers) => Promise<boolean>;
  /** Waits until it does. Throws with the reason when it cannot. */
  readonly waitUntilUp: (write: Writers, say: Say) => Promise<void>;
  /** What the functions above need, besides helm. */
  readonly alsoNeeds: (read: Readers) => readonly Need[];
  /** Whether its pods become ready by themselves. */
  readonly waits: boolean;
  /** What has its pods meet the strictest Pod Security, where that is known: values, in words. */
  readonly strict?: string;
  /** What waits in a shell. */
  readonly waitCommand: (read: Readers) => Command | Promise<Command>;
  /** Of its removal. */
  readonly removal?: Pick<RemovableRelease, "stays" | "definition">;
}

/**
 * A Helm release of ours. One that somebody else installed is used as it is. Label `vault-k8s.io/inputs` is a hash over all that was
 * asked of helm, so that a changed values file or --set shows.
 */
export function helmRelease(spec: ReleaseSpec): AppResource {
  const { namespace, name } = spec;
  return {
    id: `helm ${namespace}/${name}`,
    ref: { is: "release", namespace, name },
    removal: (policy) => releaseRemoval({ namespace, name, ...spec.removal }, policy),
    diff: (read) => diffRelease(read, spec),
    preview: (read, found) => previewRelease(read, spec, found),
    needs: (read) => releaseNeeds(read, spec),
    apply: (write: Writers, say: Say) => applyRelease(write, spec, say),
    content: async (read) => ({ kind: "release", release: inputsOf(await settled(read, spec)), waits: spec.waits }),
    command: async (read) => command(read, await settled(read, spec)),
  };
}

/** Besides the values: which objects change in the cluster, and how. */
async function previewRelease(read: Readers, given: ReleaseSpec, found: PreviewOf): Promise<readonly Change[]> {
  const before = await read.helm.release(given.namespace, given.name);
  const spec = await complete(read, given, before);
  const [old, rendered] = await Promise.all([
    before === undefined ? undefined : installedNow(read, spec),
    read.helm.render({ ...spec, upgrade: before !== undefined }),
  ]);
  const secrets = await secretTexts(spec, before);
  return [...(found instanceof NotYet ? newValues(spec) : found.changes), ...manifestChanges(old, rendered, secrets)];
}

/** With its hooks, as the plan shows what would be. */
const installedNow = async ({ helm }: Readers, { namespace, name }: ReleaseSpec): Promise<string> =>
  (await Promise.all([helm.manifest(namespace, name), helm.hooks(namespace, name)])).join("\n---\n");

/** Those that stay: what a hook makes is run to its end. */
const keptObjects = (manifest: string, { namespace }: ReleaseSpec): KubeObject[] =>
  objectsIn(manifest, namespace).filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"] === undefined);

/**
 * The objects that helm would make of a release of ours that is there and is asked for otherwise now; undefined where helm has nothing to do.
 * Throws VK1301 to VK1305.
 */
export async function changedObjects(read: Readers, given: ReleaseSpec): Promise<readonly KubeObject[] | undefined> {
  const found = await read.helm.release(given.namespace, given.name);
  if (found === undefined || found.labels[ownerLabel] !== owner) return undefined;
  const spec = await complete(read, given, found);
  if ((await differsFrom(found, spec)).length === 0) return undefined;
  return wantedObjects(read, spec);
}

async function wantedObjects(read: Readers, spec: ReleaseSpec): Promise<readonly KubeObject[]> {
  return keptObjects(await read.helm.render({ ...spec, upgrade: true }), spec);
}

/** What is there and cannot be changed in place: a run comes so far only where somebody said yes to it. */
const fixedIn = async (read: Readers, spec: ReleaseSpec) => unchangeable(read.kube, spec.namespace, await wantedObjects(read, spec));

/** What the chart makes, and the Secrets in which helm keeps its releases: https://helm.sh/docs/topics/advanced/#storage-backends. */
async function releaseNeeds(read: Readers, given: ReleaseSpec): Promise<readonly Need[]> {
  const { namespace, name } = given;
  const before = await read.helm.release(namespace, name).catch(notAllowed);
  const spec = await complete(read, given, before);
  const [old, rendered] = await Promise.all([
    before === undefined ? undefined : read.helm.manifest(namespace, name),
    read.helm.render({ ...spec, upgrade: before !== undefined, whole: true }),
  ]);
  const fixed =
    before?.labels[ownerLabel] === owner ? await unchangeable(read.kube, namespace, objectsIn(rendered, namespace)).catch(notAllowed) : [];
  const keeping = ["get", "list", "create", "update", ...(before === undefined ? [] : ["delete"])];
  return [
    ...spec.alsoNeeds(read),
    ...onObject({ apiVersion: "v1", kind: "Secret", namespace }, keeping),
    ...manifestNeeds(rendered, old, { namespace, of: `release ${name}`, strict: given.strict }),
    ...toMakeWay(namespace, fixed ?? []),
  ];
}

/** Who may not look finds it among the rights that are asked for. */
function notAllowed(error: unknown): undefined {
  if (error instanceof CliError && error.kind.exit === exitCodes.refused) return undefined;
  throw error;
}

/** The whole request, with what is asked of the world only where it is needed. */
const settled = async (read: Readers, spec: ReleaseSpec): Promise<ReleaseSpec> =>
  spec.lateValues === undefined ? spec : complete(read, spec, await read.helm.release(spec.namespace, spec.name));

const inputsOf = ({ name, namespace, chart, values, valuesFiles, sets }: ReleaseSpec): ReleaseInputs => ({
  name,
  namespace,
  chart,
  values,
  valuesFiles,
  sets,
});

async function command(read: Readers, spec: ReleaseSpec): Promise<Command> {
  const wait = await spec.waitCommand(read);
  const install = await helmCommand(spec, read.kube.context);
  return { lines: `${install.lines}\n${wait.lines}`, needs: [...(install.needs ?? []), ...(wait.needs ?? [])] };
}

async function complete(read: Readers, spec: ReleaseSpec, found: HelmRelease | undefined): Promise<ReleaseSpec> {
  if (spec.lateValues === undefined) return spec;
  return { ...spec, values: overlay(spec.values as Plain, await spec.lateValues(read, found)) as ReleaseSpec["values"] };
}

function overlay(below: Plain | undefined, above: Plain): Plain {
  if (!isRecord(below) || !isRecord(above)) return above;
  const laid = { ...below, ...Object.fromEntries(Object.entries(above).map(([key, value]) => [key, overlay(below[key], value as Plain)])) };
  // What is laid over as undefined is not said at all.
  return Object.fromEntries(Object.entries(laid).filter(([, value]) => value !== undefined)) as Plain;
}

async function applyRelease(write: Writers, given: ReleaseSpec, say: Say): Promise<void> {
  const found = await write.helm.release(given.namespace, given.name);
  const spec = await complete(write, given, found);
  if (found?.status.startsWith("pending-") === true) await forgetCutOff(write, found, say);
  if ((await differsFrom(found, spec)).length > 0) {
    if (spec.notice !== undefined) say(spec.notice);
    if (found !== undefined) await makeWay(write, spec.namespace, await fixedIn(write, spec), say);
    say(`helm installs ${spec.chart.chart} as ${spec.namespace}/${spec.name}`);
    await write.helm.install({ ...spec, labels: { [ownerLabel]: owner, [inputsLabel]: await inputsHash(spec) } });
  }
  await spec.waitUntilUp(write, say);
}

/**
 * A helm that was killed leaves its revision "pending", and every later helm refuses. Taking away that record alone changes nothing in the
 * cluster; but where that helm still works, it would fail at its end, and a revision would be lost.
 * @throws CliError VK1307
 */
async function forgetCutOff(write: Writers, release: HelmRelease, say: Say): Promise<void> {
  const { namespace, name, revision, status } = release;
  if (!(await write.helm.isCutOff(release))) throw underWay(write, release);
  say(`an earlier helm run was cut off (${status}); its record is taken away`);
  await write.kube.remove({ apiVersion: "v1", kind: "Secret", namespace, name: `sh.helm.release.v1.${name}.v${revision}` });
}

const underWay = ({ kube }: Readers, { namespace, name, status, updated }: HelmRelease) =>
  failure(kinds.helmUnderWay, {
    what: `Another helm is at work on release ${namespace}/${name}: ${status}${updated === undefined ? "" : ` since ${updated.toISOString()}`}`,
    why: "Who began it is not known here, nor that it has ended. Nothing of the release was changed.",
    fix: `Wait until it has ended (${helmAt(kube.context, `status ${name} -n ${namespace}`)}), then run the same command again. One that is older than ten minutes counts as cut off.`,
  });

async function diffRelease(read: Readers, given: ReleaseSpec): Promise<Diff> {
  const found = await read.helm.release(given.namespace, given.name);
  const spec = await complete(read, given, found);
  if (found === undefined) {
    const other = await spec.elsewhere(read);
    if (other !== undefined) return same(`${other}; used as it is`);
    // A chart that is not there or does not take the values is told before anything is written.
    const made = keptObjects(await read.helm.render({ ...spec, upgrade: false }), spec);
    const refused = spec.wrong?.(made) ?? (await refusedByServer(read, spec.namespace, made));
    return unlessRefused({ kind: "create", changes: newValues(spec) }, refused);
  }
  if (found.labels[ownerLabel] !== owner) return same(`${found.chart}, installed by someone else; used as it is`);
  // A release that was taken over shows all that it would lose; one of ours shows by its hash that it was asked otherwise.
  const forgotten = found.labels[inputsLabel] === undefined ? forgottenValues(found, await read.helm.values(spec)) : [];
  const changes = [...(await differsFrom(found, spec)), ...forgotten];
  if (changes.length > 0) return refusedChange(read, spec, changes, await wantedObjects(read, spec));
  return (await spec.isUp(read))
    ? same(spec.notice)
    : { kind: "update", changes: [{ field: "status", before: "not up yet", after: "up" }] };
}
