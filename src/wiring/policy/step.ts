import { readFileSync } from "node:fs";
import type { Settings } from "../../config/fields.ts";
import { failure, kinds } from "../../errors.ts";
import { vaultPolicy } from "./policy.ts";
import { defineStep } from "../../systems/step.ts";
import { template } from "../../core/template.ts";

const inputs = ["cluster", "kvMount", "kvPrefix", "policyName", "policyFile"] as const;
type Inputs = Pick<Settings, (typeof inputs)[number]>;

export const policy = defineStep({
  id: "policy",
  title: "Write the read policy",
  inputs,
  // Vault keeps policy names in lower case.
  resources: (settings) => [vaultPolicy(settings.policyName.toLowerCase(), () => rules(settings))],
});

function rules({ cluster, kvMount, kvPrefix, policyFile }: Inputs): string {
  return policyFile === undefined ? template("read-policy.hcl", { cluster: cluster ?? "", kvMount, kvPrefix }) : readPolicyFile(policyFile);
}

function readPolicyFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw failure(kinds.badInput, {
      what: `The policy file ${file} cannot be read`,
      why: (error as NodeJS.ErrnoException).code,
      fix: "Correct --policy-file.",
    });
  }
}
