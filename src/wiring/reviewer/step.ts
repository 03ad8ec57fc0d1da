import { defineStep } from "../../systems/step.ts";
import { reviewerBinding } from "./binding.ts";
import { otherReviewers, reviewerKindOf } from "./kinds.ts";

/** Those whose token lets Vault review tokens. */
export const reviewer = defineStep({
  id: "reviewer",
  title: "Let Vault review tokens",
  resources: (spec) => [...reviewerKindOf(spec.wiring.reviewer).resources(spec), reviewerBinding(spec)],
  removals: (spec, policy) =>
    otherReviewers(spec.wiring.reviewer)
      .flatMap((kind) => kind.resources(spec))
      .flatMap((resource) => resource.removal?.(policy) ?? []),
});
