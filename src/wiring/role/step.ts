import { kubernetesRole } from "./role.ts";
import { defineStep } from "../../systems/step.ts";
import { loginOf } from "../../consumers/kinds.ts";

export const role = defineStep({
  id: "role",
  title: "Create the role",
  resources: ({ wiring, consumers }) => consumers.map((consumer) => kubernetesRole(wiring.authMount, loginOf(consumer))),
});
