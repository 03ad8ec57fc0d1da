import { fact, isKnown } from "../../core/fact.ts";
import type { Fix } from "../../core/check.ts";
import { untilSettled } from "../../core/settle.ts";
import { isObserved, oldPods, releasePods, type ReleasePlace, type ReleasePods } from "../../systems/vault-pods.ts";
import type { KubeReader, Readers } from "../../systems/world.ts";

/** The pods of a Vault with those that an earlier template of their StatefulSet made, as its controller sees them. */
export interface Revisions extends ReleasePods {
  readonly old: readonly string[];
}

/**
 * Looks once the controller has seen the newest template, which takes it a moment after a change.
 * @param withinMs how long that is waited for, in milliseconds
 */
export async function revisionsOf(kube: KubeReader, place: ReleasePlace, withinMs: number): Promise<Revisions> {
  const found = await untilSettled(
    () => releasePods(kube, place),
    ({ set }) => set === undefined || isObserved(set),
    { withinMs },
  );
  return { ...found, old: oldPods(found) };
}

/** Says at the end of a run that pods go on with an earlier template, and what replaces them; also that nobody could look whether any does. */
export async function earlierNotices(read: Readers, place: ReleasePlace, withinMs: number): Promise<{ reason: string; fix: Fix }[]> {
  const found = await fact(() => revisionsOf(read.kube, place, withinMs));
  if (!isKnown(found)) {
    const reason = `Whether Vault pods run an earlier revision than their StatefulSet's is not known: ${found.error?.message ?? found.unknown}`;
    return [
      {
        reason,
        fix: (line) => [...(found.error?.fix === undefined ? [] : [found.error.fix]), `${line("status")} looks again.`].join("\n"),
      },
    ];
  }
  const { pods, old } = found.value;
  if (old.length === 0) return [];
  return [{ reason: earlierSaid(old, pods.length), fix: (line) => `${line("rollout")} replaces them, one at a time.` }];
}

/** The same in a sentence. */
export const earlierSaid = (old: readonly string[], all: number): string =>
  `${old.length} of ${all} Vault pods (${old.join(", ")}) run an earlier revision than their StatefulSet's: a changed image or configuration reaches a pod only when it starts anew`;
