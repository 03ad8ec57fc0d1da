import { authConfig } from "./config.ts";
import { reviewerKindOf } from "../reviewer/kinds.ts";
import { kubernetesAuthMount } from "./mount.ts";
import { defineStep } from "../../systems/step.ts";

export const auth = defineStep({
  id: "auth",
  title: "Enable and configure the Kubernetes auth method",
  resources: (spec) => [
    kubernetesAuthMount(spec.wiring, () => spec.consumers.map(({ login }) => login.role)),
    ...reviewerKindOf(spec.wiring.reviewer).before(spec),
    authConfig(spec),
  ],
});
