import type { Spec } from "../../config/spec.ts";
import { stepIds, type StepId } from "../../config/step-id.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import { otherNotices } from "../../vault/install/other-settings.ts";
import { steps } from "../steps.ts";
import { stepsFor } from "../which-steps.ts";
import { absentUnderLease, leaseOf } from "./lease.ts";
import { lastPart, partOf, policyFor, type Part, type TeardownChoices } from "./policy.ts";

interface Taken {
  readonly part: Part;
  readonly removal: AppRemoval;
}

/** The steps of bootstrap backwards, each with what takes away what it made. */
export function teardownSteps(spec: Spec, choices: TeardownChoices): AppBoundStep[] {
  const policy = policyFor(spec, choices, () => taken.map(({ removal }) => removal));
  const ids = stepsFor(stepIds, spec).toReversed();
  const parts = [...new Set([...ids.flatMap((id) => partOf[id] ?? []), lastPart])];
  const found = ids.flatMap((id) => ofStep(id, spec, policy));
  const taken = once(parts.flatMap((part) => inOrder(found.filter((each) => each.part === part))));
  return parts.map((part) => ({
    ...part,
    resources: taken.filter((each) => each.part === part).map(({ removal }) => absentUnderLease(removal, leaseOf(spec))),
    checks: [],
    noticesAfter: async (read) => (part === lastPart ? await otherNotices(read, spec.vault, false) : []),
  }));
}

/** What takes away the resources of a step, backwards, and what else it left. */
function ofStep(id: StepId, spec: Spec, policy: RemovalPolicy): Taken[] {
  const part = partOf[id];
  if (part === undefined) return [];
  const step = steps[id];
  const own = step.resources(spec).flatMap((resource) => resource.removal?.(policy) ?? []);
  return [...own.toReversed(), ...step.removals(spec, policy)].map((removal) => ({
    part: id === "secret" && removal.namespace !== undefined ? lastPart : part,
    removal,
  }));
}

/** A namespace after all else of its part. */
const inOrder = (taken: readonly Taken[]): Taken[] => [...taken].sort((one, other) => rank(one.removal) - rank(other.removal));
const rank = ({ namespace, saidLast }: AppRemoval): number => (saidLast === true ? 2 : namespace === undefined ? 0 : 1);

/** A namespace that several steps use goes with the last of them. */
const once = (taken: readonly Taken[]): Taken[] =>
  taken.filter(({ removal }, index) => !taken.slice(index + 1).some((later) => later.removal.id === removal.id));
