import { readFileSync } from "node:fs";
import type { Spec } from "../../config/spec.ts";
import { failure, kinds } from "../../errors.ts";
import { vaultPolicy } from "./policy.ts";
import { defineStep } from "../../systems/step.ts";
import { template } from "../../core/template.ts";

export const policy = defineStep({
  id: "policy",
  title: "Write the read policy",
  resources: (spec) => [vaultPolicy(spec.wiring.policy.name, () => rules(spec))],
});

function rules({ cluster = "", wiring: { kv, policy } }: Spec): string {
  return policy.file === undefined
    ? template("read-policy.hcl", { cluster, kvMount: kv.mount, kvPrefix: kv.prefix })
    : readPolicyFile(policy.file);
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
