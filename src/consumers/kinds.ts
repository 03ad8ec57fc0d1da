import type { Settings } from "../config/fields.ts";

/** Where an operator's chart is, when the settings do not say; chart names are product data. */
export const operators = {
  eso: {
    notice: undefined,
    chart: "external-secrets",
    repo: "https://charts.external-secrets.io",
    release: "external-secrets",
    title: "External Secrets Operator",
  },
  kes: {
    notice:
      "kubernetes-external-secrets was archived in July 2022 and gets no fixes; its successor is External Secrets Operator (--operator eso)",
    chart: "kubernetes-external-secrets",
    repo: "https://external-secrets.github.io/kubernetes-external-secrets/",
    release: "kubernetes-external-secrets",
    title: "kubernetes-external-secrets",
  },
} as const;

/** The audience of tokens that log in: none for kes, which cannot ask for one. */
export function audienceOf({ operator, audience }: Pick<Settings, "operator" | "audience">): string | undefined {
  return operator === "kes" || audience === "" ? undefined : audience;
}
