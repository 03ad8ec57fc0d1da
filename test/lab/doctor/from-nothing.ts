import { kubectl } from "../testing/product.ts";
import { cluster } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { demo } from "./fault.ts";

/** A stage of a cluster on its way from nothing: what doctor says there; the line that it prints leads to the next. */
export interface Station {
  readonly name: string;
  /** As of a fault. */
  readonly codes: readonly string[];
  readonly sure?: "likely";
  readonly input?: string;
  /** What a person does by hand before. */
  readonly before?: (bench: Bench) => Promise<void>;
  /** What is typed instead of the line that is printed, which does all at once. */
  readonly instead?: { readonly of: RegExp; readonly line: string };
}

export const beforeVaultIsOpen: readonly Station[] = [
  {
    name: "(empty cluster)",
    codes: ["VD01", "VD90"],
    instead: { of: /^vault-k8s bootstrap --cluster eks-prod/, line: `vault-k8s install --cluster ${cluster}` },
  },
  { name: "(no keys yet)", codes: ["VD03", "VD90"] },
];

export const untilWired: readonly Station[] = [
  { name: "(no auth method yet)", codes: ["VD10", "VD60", "VD90"] },
  { name: "(no engine yet)", codes: ["VD60", "VD90"] },
  {
    name: "(kinds of the operator, without it)",
    codes: ["VD90"],
    sure: "likely",
    before: async (bench) =>
      void (await kubectl(bench.lab, cluster, ["apply", "--server-side", "-f", `${bench.lab.charts.externalSecrets}/crds`])),
  },
  { name: "(no policy yet)", codes: ["VD63", "VD70"] },
  { name: "(no store yet)", codes: ["VD70", "VD80"] },
  { name: "(no ExternalSecret yet)", codes: ["VD80"] },
  { name: "(no secret yet)", codes: ["VD83"], input: demo },
];
