import { kvMount } from "./mount.ts";
import { defineStep } from "../../systems/step.ts";

export const kv = defineStep({
  id: "kv",
  title: "Enable KV version 2",
  inputs: ["kvMount"],
  resources: (settings) => [kvMount(settings.kvMount)],
});
