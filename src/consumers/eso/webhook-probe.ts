import type { KubeObject } from "../../systems/world.ts";

/** A store that nobody makes: a dry run of it goes through the operator's webhook. */
export const webhookProbe: KubeObject = {
  apiVersion: "external-secrets.io/v1",
  kind: "ClusterSecretStore",
  metadata: { name: "vault-k8s-webhook-probe" },
  spec: {
    provider: {
      vault: {
        server: "http://vault.invalid:8200",
        version: "v2",
        path: "kv",
        auth: { kubernetes: { mountPath: "kubernetes", role: "probe", serviceAccountRef: { name: "probe", namespace: "default" } } },
      },
    },
  },
};
