import { exitCodes } from "../../../core/errors.ts";
import { command, type Command } from "../command.ts";
import { teardownFields } from "./take-over.ts";
import {
  fleetApplyOptions,
  fleetExportOptions,
  fleetOptions,
  fleetPlanOptions,
  fleetRunOptions,
  fleetScheduleOptions,
  fleetStatusOptions,
  fleetTeardownOptions,
} from "../own-options.ts";
import type { StepId } from "../../../config/step-id.ts";

/** A fleet installs, initialises and unseals no Vault. */
const steps: readonly StepId[] = ["external-secrets", "reviewer", "kv", "policy", "auth", "role", "store", "secret", "verify"];
const over = { group: "Many clusters", vault: "any", lines: true } as const;

/** Commands about many clusters with one Vault. */
export const fleet: readonly Command[] = [
  command({
    name: "fleet list",
    group: "Many clusters",
    summary: "Show which clusters are of the fleet, where each comes from, and which cannot be reached",
    about:
      "Reads the sources that vault-k8s.yaml names below fleet, or contexts of the kubeconfig, and asks each cluster who it is. Credentials are read anew each time. Out of Secrets and other objects only data is taken: no paths, and no program that --allow-exec does not name. What is wrong with a cluster stops that one alone; then it ends with 1. The fleet's Vault is always named, with --vault-addr, --vault-context or in the file. docs/fleet.md begins with three clusters.",
    steps: [],
    vault: "any",
    options: fleetOptions,
    missingIs: exitCodes.failed,
    load: () => import("../fleet/list.ts"),
  }),
  command({
    ...over,
    name: "fleet plan",
    summary: "Show what fleet apply would change in each cluster, and change nothing",
    about:
      "A difference is data: it ends with 0, and with 1 where a cluster could not be looked at. With -o jsonl there is a line for each cluster as it ends, between one at the beginning and one at the end (docs/schemas/fleet.v1.json).",
    steps,
    options: fleetPlanOptions,
    missingIs: exitCodes.done,
    load: () => import("../fleet/plan.ts"),
  }),
  command({
    ...over,
    name: "fleet apply",
    summary: "Connect every cluster of the fleet to its one Vault",
    about:
      "What bootstrap does with a Vault that is there, for many clusters at a time: what is there already stays as it is, so after a failure it is run again and does only what is missing. A cluster that fails or hangs stops no other; failures are told by their cause at the end, and it ends with 1. Ctrl-C begins no more clusters, and waits for those under way. A Vault that says that it is asked too much, or elects another node, slows all. Clusters that have left the fleet are named, and stay; --prune takes their auth methods and policies away from Vault, never their secrets, where every source answered whole and the number was confirmed.",
    steps,
    fields: ["preflight"],
    options: fleetApplyOptions,
    missingIs: exitCodes.done,
    load: () => import("../fleet/apply.ts"),
  }),
  command({
    ...over,
    name: "fleet status",
    summary: "Show how each cluster of the fleet stands; with --html as one page",
    about: "Ends with 2 where a cluster is not as it should be, with 1 where one could not be asked.",
    steps,
    options: fleetStatusOptions,
    missingIs: exitCodes.differences,
    load: () => import("../fleet/status.ts"),
  }),
  command({
    ...over,
    name: "fleet verify",
    summary: "Prove for each cluster that it works: log in, read, be refused elsewhere, see the Secret",
    about: "Ends with 2 where only a secret in Vault is missing, with 1 where a proof failed.",
    steps: ["verify"],
    options: fleetRunOptions,
    missingIs: exitCodes.differences,
    load: () => import("../fleet/verify.ts"),
  }),
  command({
    ...over,
    name: "fleet doctor",
    summary: "Find in each cluster why logins or syncs fail; what many have in common is told once",
    about: "Mends nothing: vault-k8s doctor --cluster NAME --fix does that for one.",
    steps: ["reviewer", "policy", "auth", "role", "store", "secret"],
    options: fleetRunOptions,
    missingIs: exitCodes.failed,
    load: () => import("../fleet/doctor.ts"),
  }),
  command({
    ...over,
    name: "fleet rotate-reviewer",
    summary: "Exchange in each cluster the token that Vault reviews with for a new one",
    about:
      "What vault-k8s rotate-reviewer does for one cluster, for many at a time: stopped anywhere, clients keep working, and it is run again.",
    steps: ["reviewer", "auth", "store"],
    fields: ["preflight"],
    options: fleetRunOptions,
    missingIs: exitCodes.done,
    load: () => import("../fleet/rotate-reviewer.ts"),
  }),
  command({
    ...over,
    name: "fleet teardown",
    summary: "Take away what fleet apply made, in every cluster and its place in Vault",
    about:
      "What vault-k8s teardown does for one cluster: only what carries our marks, ExternalSecrets before their controller. Vault itself and the secrets in it stay. The number of clusters has to be typed, or said with --confirm; another number is 64. Stopped at any moment, it goes on when run again.",
    steps: [],
    fields: teardownFields,
    options: fleetTeardownOptions,
    missingIs: exitCodes.done,
    load: () => import("../fleet/teardown.ts"),
  }),
  command({
    ...over,
    name: "fleet export",
    summary: "Write what fleet apply would make as files, a folder for each cluster",
    about:
      "What vault-k8s export writes for one cluster, for those who have their own agents place it: Open Cluster Management, Rancher Fleet, Karmada, Argo CD, Flux. No file holds a secret value. Of each cluster it reads what export reads; of those that cannot be reached from here nothing is written. Vault's side of what was placed is done by fleet apply --steps kv,policy,auth,role.",
    steps: steps.filter((id) => id !== "verify"),
    options: fleetExportOptions,
    missingIs: exitCodes.done,
    load: () => import("../fleet/export.ts"),
  }),
  command({
    name: "fleet schedule",
    group: "Many clusters",
    summary: "Print the manifests of a CronJob that compares the fleet with what it should be",
    about:
      "The CronJob runs fleet plan, with an account that may get the Secrets of its clusters, each by its name, and a login in Vault that only reads. Clusters that only this machine reaches are refused. The file's settings go into a ConfigMap; what is typed does not, but for where Vault is. Standard error has the commands that let it into Vault. Writes nothing: keep the manifests in Git, and print them anew when clusters come or go.",
    steps: [],
    vault: "any",
    options: fleetScheduleOptions,
    missingIs: exitCodes.done,
    load: () => import("../fleet/schedule.ts"),
  }),
];
