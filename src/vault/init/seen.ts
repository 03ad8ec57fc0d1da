import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import type { InitUnderWay, KubeObject, KubeReader } from "../../systems/world.ts";
import { vaultPodSelector } from "../../systems/vault-pods.ts";
import { onObject, type Need } from "../../systems/need.ts";
import type { VaultRelease } from "./empty-nodes.ts";

/** A pod of Vault or a claim of one, and what tells it from another of that name, or from itself after it was started again. */
export type Seen = Readonly<Record<string, string>>;

/** What looking at them needs. */
export const seenNeeds = ({ namespace }: VaultRelease): Need[] =>
  ["PersistentVolumeClaim", "Pod"].flatMap((kind) => onObject({ apiVersion: "v1", kind, namespace }, ["list"]));

/** Vault's pods and claims as they are; without those that may not be listed. */
export async function seenNow(kube: KubeReader | undefined, release: VaultRelease): Promise<Seen> {
  if (kube === undefined) return {};
  const found = await Promise.all(["PersistentVolumeClaim", "Pod"].map((kind) => ofRelease(kube, kind, release).catch(unlessForbidden)));
  return Object.fromEntries(found.flat().map((one) => [`${one.kind} ${one.metadata.name}`, identity(one)]));
}

/** Vault's own pods or claims, as its charts label them. */
export const ofRelease = (kube: KubeReader, kind: string, { namespace, name }: VaultRelease): Promise<KubeObject[]> =>
  kube.list({
    apiVersion: "v1",
    kind,
    namespace,
    labelSelector: vaultPodSelector(name),
  });

function unlessForbidden(error: unknown): [] {
  if (error instanceof CliError && error.kind === kinds.kubeForbidden) return [];
  throw error;
}

interface PodStatus {
  readonly containerStatuses?: readonly { readonly name: string; readonly restartCount?: number }[];
}

function identity(object: KubeObject): string {
  const { containerStatuses = [] } = (object["status"] ?? {}) as PodStatus;
  const restarts = containerStatuses.map(({ name, restartCount = 0 }) => ` ${name} restarted ${restartCount}`).sort();
  return `${object.metadata.uid ?? ""}${restarts.join("")}`;
}

/** After this an init was not just now, in milliseconds. */
const justNowMs = 24 * 60 * 60_000;

/**
 * What speaks against this being the Vault whose init was lost just now: other claims or pods than those that the request went to, or a pod
 * that was started again, which a Vault in use may have been too. Empty where nothing does.
 */
export function against(begun: InitUnderWay | undefined, now: Seen): string[] {
  const { seen: then = {}, since } = begun ?? {};
  if (Object.keys(then).length === 0)
    return ["Nothing says which pods and volumes the init was begun with: it was begun by an earlier version."];
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  const age = Date.now() - Date.parse(since ?? "");
  return [
    ...names.flatMap((name) => (then[name] === now[name] ? [] : [changed(name, then[name], now[name])])),
    ...(age < justNowMs ? [] : [`It was begun ${since ?? "at a time that is not known"}: somebody may have initialised Vault since.`]),
  ];
}

function changed(name: string, then: string | undefined, now: string | undefined): string {
  if (then === undefined) return `${name} was not there when the init was begun.`;
  if (now === undefined) return `${name} is not there any more.`;
  const [before] = then.split(" ");
  return now.startsWith(before!)
    ? `${name} was started again since the init was begun.`
    : `${name} was made anew since the init was begun.`;
}
