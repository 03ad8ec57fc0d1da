import { NotYet } from "./errors.ts";
import { inOrder } from "./in-order.ts";
import type { Change, Diff, PreviewOf, Resource } from "./resource.ts";
import type { BoundStep } from "./step.ts";

/** What a run found about one resource before anything was written. `pending`: known only after an earlier step has run. */
export interface PlannedResource {
  readonly step: string;
  readonly id: string;
  readonly result: "unchanged" | "would-create" | "would-update" | "would-delete" | "pending";
  readonly changes: readonly Change[];
  readonly note?: string | undefined;
}

/** A resource with what its diff found. */
export interface Planned<R, W> {
  readonly step: BoundStep<R, W>;
  readonly resource: Resource<R, W>;
  readonly diff: Diff | NotYet;
}

/**
 * Asks the diffs of all resources at once.
 * @throws NotYet where nothing before a resource can bring about what it lacks; and what a diff throws.
 */
export async function planAll<R, W>(steps: readonly BoundStep<R, W>[], read: R): Promise<Planned<R, W>[]> {
  const pairs = steps.flatMap((step) => step.resources.map((resource) => ({ step, resource })));
  const diffs = await inOrder(pairs.map(({ resource }) => orNotYet(() => resource.diff(read))));
  let workBefore = false;
  return pairs.map((pair, index) => {
    const diff = diffs[index]!;
    if (diff instanceof NotYet && !workBefore) throw diff;
    workBefore ||= diff instanceof NotYet || diff.kind !== "same";
    return { ...pair, diff };
  });
}

async function orNotYet<T>(ask: () => Promise<T>): Promise<T | NotYet> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NotYet) return error;
    throw error;
  }
}

/** What was found, as a plan shows it. */
export async function shown<R, W>({ step, resource, diff }: Planned<R, W>, read: R): Promise<PlannedResource> {
  const about = { step: step.id, id: resource.id };
  if (diff instanceof NotYet) return { ...about, result: "pending", changes: await preview(resource, read, diff, []), note: diff.message };
  if (diff.kind === "same" || diff.kind === "conflict")
    return { ...about, result: "unchanged", changes: [], note: diff.kind === "same" ? diff.note : undefined };
  if (diff.kind === "delete") return { ...about, result: "would-delete", changes: diff.changes, note: diff.note };
  return { ...about, result: `would-${diff.kind}`, changes: await preview(resource, read, diff, diff.changes), note: diff.note };
}

async function preview<R, W>(
  resource: Resource<R, W>,
  read: R,
  found: PreviewOf,
  otherwise: readonly Change[],
): Promise<readonly Change[]> {
  if (resource.preview === undefined) return otherwise;
  const changes = await orNotYet(() => resource.preview!(read, found));
  return changes instanceof NotYet ? otherwise : changes;
}
