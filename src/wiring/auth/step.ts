import { authConfig } from "./config.ts";
import { kubernetesAuthMount } from "./mount.ts";
import { defineStep } from "../../systems/step.ts";

export const auth = defineStep({
  id: "auth",
  title: "Enable and configure the Kubernetes auth method",
  inputs: ["authMount", "kubernetesHost", "kubernetesCaCert", "hostProof", "reviewerNamespace", "reviewerServiceAccount"],
  resources: (settings) => [
    kubernetesAuthMount(settings.authMount),
    authConfig({
      mount: settings.authMount,
      reviewer: { namespace: settings.reviewerNamespace, serviceAccount: settings.reviewerServiceAccount },
      kubernetesHost: settings.kubernetesHost,
      kubernetesCaCert: settings.kubernetesCaCert,
      hostProof: settings.hostProof,
    }),
  ],
});
