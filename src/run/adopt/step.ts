import type { Settings } from "../../config/fields.ts";
import { specOf } from "../../config/spec.ts";
import { stepIds } from "../../config/step-id.ts";
import type { Ref } from "../../systems/removal.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import type { Readers } from "../../systems/world.ts";
import { steps, vaultSteps } from "../steps.ts";
import { adopted } from "./adopt.ts";
import { asIfAdopted } from "./as-if.ts";

/** Marks on what stands at our names and was made by a hand, Terraform or another tool. @param releases Helm releases too */
export const adoptStep = (settings: Settings, releases: boolean): AppBoundStep => ({
  id: "adopt",
  title: "Take over what is there",
  resources: refsOf(settings, releases).map(adopted),
  checks: [],
});

/** The world as a plan will find it after `adoptStep`. */
export const afterAdoption = (read: Readers, settings: Settings, releases: boolean): Readers =>
  asIfAdopted(read, refsOf(settings, releases));

/** What all steps make, as far as it can be taken over. */
function refsOf(settings: Settings, releases: boolean): Ref[] {
  const { isOwn } = specOf(settings).vault;
  return stepIds
    .filter((id) => isOwn || !vaultSteps.includes(id))
    .flatMap((id) => steps[id].resources(settings).flatMap(({ ref }) => ref ?? []))
    .filter(({ is }) => releases || is !== "release");
}
