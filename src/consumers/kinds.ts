import type { ConsumerSpec, LoginSpec, StoreSpec } from "../config/spec/consumer.ts";

/** Where an operator's chart is, when nobody says it, and what it knows; chart names are product data. */
export const operators = {
  eso: {
    notice: undefined,
    chart: "external-secrets",
    repo: "https://charts.external-secrets.io",
    release: "external-secrets",
    title: "External Secrets Operator",
    hasStores: true,
    asksForAudience: true,
  },
  kes: {
    notice:
      "kubernetes-external-secrets was archived in July 2022 and gets no fixes; its successor is External Secrets Operator (--operator eso)",
    chart: "kubernetes-external-secrets",
    repo: "https://external-secrets.github.io/kubernetes-external-secrets/",
    release: "kubernetes-external-secrets",
    title: "kubernetes-external-secrets",
    // Its ExternalSecrets say themselves how they log in.
    hasStores: false,
    asksForAudience: false,
  },
} as const;

/** The name of its Helm release. */
export const releaseOf = ({ kind, release }: ConsumerSpec): string => release ?? operators[kind].release;

/** How it logs in: without an audience where it cannot ask for one. */
export const loginOf = ({ kind, login }: ConsumerSpec): LoginSpec =>
  operators[kind].asksForAudience ? login : { ...login, audience: undefined };

/** Its stores; none where it knows none. */
export const storesOf = ({ kind, stores }: ConsumerSpec): readonly StoreSpec[] => (operators[kind].hasStores ? stores : []);
