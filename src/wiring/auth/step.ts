import { authConfig } from "./config.ts";
import { kubernetesAuthMount } from "./mount.ts";
import { defineStep } from "../../systems/step.ts";

export const auth = defineStep({
  id: "auth",
  title: "Enable and configure the Kubernetes auth method",
  resources: ({ wiring, consumers }) => [
    kubernetesAuthMount(wiring.authMount, () => consumers.map(({ login }) => login.role)),
    authConfig(wiring),
  ],
});
