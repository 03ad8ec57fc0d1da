import { exitCodes } from "../../../core/errors.ts";
import type { FieldName } from "../../../config/fields.ts";
import { command, type Command } from "../command.ts";
import { adoptOptions, teardownOptions } from "../own-options.ts";
import { stepIds } from "../../../config/step-id.ts";

/** The settings that name what bootstrap made. */
export const teardownFields: readonly FieldName[] = [
  "operator",
  "operatorNamespace",
  "operatorRelease",
  "reviewer",
  "reviewerNamespace",
  "reviewerServiceAccount",
  "kvMount",
  "kvPrefix",
  "policyName",
  "authMount",
  "roleName",
  "storeName",
  "storeKind",
  "helm",
];

/** What comes before and after: taking over what others made, and taking away what we made. */
export const takeOver: readonly Command[] = [
  command({
    name: "adopt",
    group: "One command for all",
    summary: "Take over an installation that was made by hand or by another tool",
    about:
      "Looks first for what somebody made: operators, their stores and ExternalSecrets, auth mounts that point to this cluster, with their roles and policies; shows what settings follow, asks where two answers fit, and writes them to vault-k8s.yaml (without a terminal it prints that file). Flags win over what is found. Then it looks at what stands at these names and is not marked as ours: the auth mount with its roles and configuration, the policy, the reviewer's objects, the store, the ExternalSecrets that --secret names. Shows what would be owned, and what bootstrap would then change; asks, and puts the marks. Nothing else is changed. With --yes nobody is asked. The token needs update and sudo on sys/mounts/auth/<mount>/tune.",
    steps: stepIds,
    options: adoptOptions,
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("../adopt.ts"),
  }),
  command({
    name: "teardown",
    group: "One command for all",
    summary: "Take away what bootstrap made, and nothing else",
    about:
      "The steps of bootstrap backwards: only what carries our marks, ExternalSecrets before their controller, Vault itself only where we installed it and no other cluster logs in to it. What would go is shown, and the name of the cluster has to be typed. Data stays (Vault's volumes, the cluster's secrets in Vault, the Secrets of applications, the unseal keys) unless told. Stopped at any moment, it goes on when run again.",
    steps: [],
    fields: teardownFields,
    options: teardownOptions,
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("../teardown.ts"),
  }),
];
