import { insideChecks } from "./inside.ts";
import type { Settings } from "../../config/fields.ts";
import { milliseconds } from "../../core/duration.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import { audienceOf } from "../../consumers/kinds.ts";

/** The proofs of verify again, from pods. @param image undefined for the image of Vault's own pods */
export const insideStep = (settings: Settings, image: string | undefined): AppBoundStep => ({
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
