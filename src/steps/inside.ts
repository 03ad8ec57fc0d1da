import { insideChecks } from "../checks/inside.ts";
import type { Readers, Writers } from "../clients/world.ts";
import type { Settings } from "../config/fields.ts";
import { milliseconds } from "../core/duration.ts";
import type { BoundStep } from "../core/step.ts";
import { audienceOf } from "./operators.ts";

/** The proofs of verify again, from pods. @param image undefined for the image of Vault's own pods */
export const insideStep = (settings: Settings, image: string | undefined): BoundStep<Readers, Writers> => ({
  id: "inside",
  title: "Prove it from where applications run",
  resources: [],
  checks: insideChecks({
    ...settings,
    roleName: settings.roleName.toLowerCase(),
    audience: audienceOf(settings),
    image,
    withinMs: milliseconds(settings.timeout),
  }),
});
