import { authConfig } from "../resources/auth-config.ts";
import { kubernetesAuthMount } from "../resources/auth-mount.ts";
import { defineStep } from "./define.ts";

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
