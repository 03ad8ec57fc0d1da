import { defineStep } from "../../systems/step.ts";
import { rolledOut } from "./rollout.ts";

/** Vault's pods run what their StatefulSet says. It is no step of bootstrap: when pods are replaced is for people to say. */
export const rollout = defineStep({
  id: "rollout",
  title: "Replace Vault's pods",
  resources: ({ vault: { install }, run }) => [rolledOut(install, run.timeoutMs)],
});
