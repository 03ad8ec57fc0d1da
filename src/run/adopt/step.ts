import type { Spec } from "../../config/spec.ts";
import { stepIds } from "../../config/step-id.ts";
import type { Ref } from "../../systems/removal.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import type { Readers } from "../../systems/world.ts";
import { steps } from "../steps.ts";
import { stepsFor } from "../which-steps.ts";
import { adopted } from "./adopt.ts";
import { asIfAdopted } from "./as-if.ts";

/** Marks on what stands at our names and was made by a hand, Terraform or another tool. @param releases Helm releases too */
export const adoptStep = (spec: Spec, releases: boolean): AppBoundStep => ({
  id: "adopt",
  title: "Take over what is there",
  resources: refsOf(spec, releases).map(adopted),
  checks: [],
});

/** The world as a plan will find it after `adoptStep`. */
export const afterAdoption = (read: Readers, spec: Spec, releases: boolean): Readers => asIfAdopted(read, refsOf(spec, releases));

/** What all steps make, as far as it can be taken over. */
function refsOf(spec: Spec, releases: boolean): Ref[] {
  return stepsFor(stepIds, spec)
    .flatMap((id) => steps[id].resources(spec).flatMap(({ ref }) => ref ?? []))
    .filter(({ is }) => releases || is !== "release");
}
