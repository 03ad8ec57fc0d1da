import { auditDevice } from "./device.ts";
import { defineStep } from "../../systems/step.ts";

/** Before any step that gives a secret to Vault; nothing unless it is asked for. */
export const audit = defineStep({
  id: "audit",
  title: "Enable an audit device",
  resources: ({ vault: { audit } }) => (audit === undefined ? [] : [auditDevice(audit)]),
});
