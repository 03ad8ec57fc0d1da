import { kubernetesRole } from "./role.ts";
import { defineStep } from "../../systems/step.ts";
import { audienceOf } from "../../consumers/kinds.ts";

export const role = defineStep({
  id: "role",
  title: "Create the role",
  inputs: [
    "authMount",
    "roleName",
    "boundServiceAccounts",
    "boundNamespaces",
    "rolePolicies",
    "operator",
    "audience",
    "tokenTtl",
    "tokenMaxTtl",
  ],
  resources: (settings) => [
    kubernetesRole(settings.authMount, settings.roleName.toLowerCase(), {
      serviceAccounts: settings.boundServiceAccounts,
      namespaces: settings.boundNamespaces,
      policies: settings.rolePolicies.map((name) => name.toLowerCase()),
      audience: audienceOf(settings),
      tokenTtl: settings.tokenTtl,
      tokenMaxTtl: settings.tokenMaxTtl,
    }),
  ],
});
