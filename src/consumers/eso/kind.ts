import type { Consumer } from "../consumer.ts";
import { objects } from "./objects.ts";
import { webhookProbe } from "./webhook-probe.ts";

/** External Secrets Operator: https://external-secrets.io */
export const eso: Consumer = {
  words: {
    title: objects.title,
    shortTitle: "External Secrets",
    choice: objects.title,
    about: "External Secrets is kept up",
  },
  oldest: { title: "External Secrets", version: "0.9", because: "older ones are not supported" },
  asksForAudience: true,
  install: {
    chart: "external-secrets",
    repo: "https://charts.external-secrets.io",
    release: "external-secrets",
    deployments: /external-secrets/,
    values: (_spec, { serviceAccount }) => ({ serviceAccount: { create: true, name: serviceAccount } }),
    webhookProbe,
  },
  objects,
};
