import { exitCodes } from "../../../core/errors.ts";
import { command, type Command } from "../command.ts";
import { exportOptions, planOptions } from "../own-options.ts";
import { stepIds } from "../../../config/step-id.ts";

/** Commands that do the whole, or show or export it. */
export const oneCommand: readonly Command[] = [
  command({
    name: "init",
    group: "One command for all",
    summary: "Set up in a few questions: look, propose, show the plan, write vault-k8s.yaml",
    about:
      "Looks at the cluster first, and proposes what fits. Esc goes back a question; Ctrl-C leaves without a trace. At the end it shows the plan, writes vault-k8s.yaml with comments, prints the command that does the same, and offers to run it. With a vault-k8s.yaml or a half-finished set-up it goes on from there. It needs a terminal. docs/wizard.md walks through it.",
    steps: [],
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("../init.ts"),
  }),
  command({
    name: "bootstrap",
    group: "One command for all",
    summary: "Take a cluster from nothing to applications that get secrets from Vault",
    about:
      "Runs all the steps in their order. What is there already stays as it is, so it may be run again, and after an interruption it goes on where it stopped. With --vault-addr or --vault-context an existing Vault is used, and nothing is installed, initialised or unsealed.",
    steps: stepIds,
    vault: "choose",
    fields: ["preflight"],
    missingIs: exitCodes.done,
    load: () => import("../bootstrap.ts"),
  }),
  command({
    name: "plan",
    group: "One command for all",
    summary: "Show what bootstrap would change, as a diff, and change nothing",
    about:
      "Policies and rendered manifests are shown as a diff of lines, everything else field by field, secret values only as fingerprints that are good for nothing but comparing within one run. What is known only when a step before it was done is shown as it is expected. With --print-commands the plan goes to standard error, and standard output is a shell script that does the same.",
    steps: stepIds,
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("../plan.ts"),
    options: planOptions,
  }),
  command({
    name: "apply",
    group: "One command for all",
    summary: "Do what a plan says, if it is still what would be done",
    about:
      "The plan is made again with the settings that it holds; anything that differs stops the run before the first write. It names no programs and no files of keys or tokens: --helm, --kubeconfig, --keys-command, --keys-read-command, --vault-token-file and --init-file are said to apply itself. Values of --set and --operator-set that look like secrets are not in a plan: they are asked for, or given again.",
    steps: [],
    fields: ["helm", "keysCommand", "set", "operatorSet", "preflight"],
    arguments: [{ name: "FILE", help: "What plan --out wrote" }],
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("../apply.ts"),
  }),
  command({
    name: "export",
    group: "One command for all",
    summary: "Write what bootstrap would make as files, for those who keep such things in Git",
    about:
      "Manifests, Helm values, and Vault's side as HCL and JSON, with a README of the few commands that apply them. No file holds a secret value: the reviewer's token is read from its Secret when it is needed. Reads only what it must know of the cluster: its UID, its CA, what is served, and the address of Vault. Files that it did not write, or that were changed since, are never overwritten.",
    steps: stepIds,
    options: exportOptions,
    vault: "choose",
    missingIs: exitCodes.done,
    load: () => import("../export.ts"),
  }),
];
