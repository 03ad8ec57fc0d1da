import { insideChecks } from "./inside.ts";
import type { Spec } from "../../config/spec.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import { loginOf } from "../../consumers/kinds.ts";

/** The proofs of verify again, from pods. @param image undefined for the image of Vault's own pods */
export const insideStep = ({ vault, wiring: { authMount, kv }, consumers, run }: Spec, image: string | undefined): AppBoundStep => ({
  id: "inside",
  title: "Prove it from where applications run",
  resources: [],
  checks: consumers.flatMap((consumer) => insideChecks({ authMount, kv, login: loginOf(consumer), vault, image, withinMs: run.timeoutMs })),
});
