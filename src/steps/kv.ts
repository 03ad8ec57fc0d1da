import { kvMount } from "../resources/kv-mount.ts";
import { defineStep } from "./define.ts";

export const kv = defineStep({
  id: "kv",
  title: "Enable KV version 2",
  inputs: ["kvMount"],
  resources: (settings) => [kvMount(settings.kvMount)],
});
