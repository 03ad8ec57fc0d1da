import { withoutFingerprints } from "../../core/fingerprint.ts";
import type { PlannedResource } from "../../core/plan.ts";
import type { Change } from "../../core/resource.ts";
import { failure, kinds } from "../../errors.ts";
import type { SavedPlan } from "./file.ts";

/** @throws CliError VK1402 with what differs, unless `now` is what the plan says. */
export function sameWorld(plan: SavedPlan, now: readonly PlannedResource[], clusterUid: string): void {
  const elsewhere =
    plan.saved.clusterUid === clusterUid
      ? []
      : [`The plan is of the cluster whose kube-system namespace has UID ${plan.saved.clusterUid}; this one has ${clusterUid}.`];
  const found = [...elsewhere, ...differencesOf(plan, now)];
  if (found.length === 0) return;
  const [shown, more] = [found.slice(0, 10), found.length - 10];
  throw failure(kinds.planStale, {
    what: "The plan is no longer what would be done, so nothing was done",
    why: [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("\n"),
    fix: "Make the plan again, look at it, and apply that one.",
  });
}

type Row = Pick<PlannedResource, "step" | "id" | "result" | "changes">;

function differencesOf(plan: SavedPlan, now: readonly PlannedResource[]): string[] {
  const then: Row[] = plan.steps.flatMap(({ id: step, resources }) =>
    resources.map(({ id, result, changes }) => ({ step, id, result: result as PlannedResource["result"], changes })),
  );
  const [old, current] = [byName(then), byName(now)];
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((name) => difference(old.get(name), current.get(name)));
}

const byName = (rows: readonly Row[]): Map<string, Row> => new Map(rows.map((row) => [`${row.step} ${row.id}`, row]));

function difference(then: Row | undefined, now: Row | undefined): string[] {
  if (then === undefined || now === undefined)
    return [`${(then ?? now)?.id ?? ""} ${then === undefined ? "is not in the plan" : "is not there any more"}`];
  if (then.result !== now.result) return [`${now.id} ${was[then.result]}, and now ${is[now.result]}`];
  const [old, current] = [asFields(then.changes), asFields(now.changes)];
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((field) => old.get(field) !== current.get(field))
    .map((field) => `${now.id}: ${field} differs from the plan`);
}

const was: Readonly<Record<PlannedResource["result"], string>> = {
  unchanged: "was as it should be",
  "would-create": "was to be created",
  "would-update": "was to be updated",
  "would-delete": "was to be deleted",
  pending: "was to be known later",
};
const is: Readonly<Record<PlannedResource["result"], string>> = {
  unchanged: "is as it should be",
  "would-create": "would be created",
  "would-update": "would be updated",
  "would-delete": "would be deleted",
  pending: "is known only later",
};

/** Secrets are compared only by whether they are there: their fingerprints are of one run. */
const asFields = (changes: readonly Change[]): Map<string, string> =>
  new Map(
    changes.map(({ field, before, after }) => [
      field,
      JSON.stringify([before ?? null, after ?? null].map((text) => text && withoutFingerprints(text))),
    ]),
  );
