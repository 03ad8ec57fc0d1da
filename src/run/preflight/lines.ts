import { oneLine } from "../../systems/printable.ts";
import type { Preflight } from "./preflight.ts";
import type { KubeLack, VaultLack } from "./rights.ts";

/** A line for each thing that is missing, for an error. */
export const lackLines = ({ kube, vault, shortages }: Preflight): string[] =>
  [...kubeLines(kube), ...vault.map(vaultLine), ...shortages.map(({ what, fix }) => `${what}. ${fix}`)].map(oneLine);

/** One line for each kind of object in a place: which verbs, which names. */
export function kubeLines(lacks: readonly KubeLack[]): string[] {
  const groups = new Map<string, KubeLack[]>();
  for (const lack of lacks) {
    const { group, resource, subresource, namespace } = lack.need;
    const key = JSON.stringify([lack.context, group, resource, subresource, namespace]);
    groups.set(key, [...(groups.get(key) ?? []), lack]);
  }
  return [...groups.values()].map(kubeLine);
}

function kubeLine(lacks: readonly KubeLack[]): string {
  const [
    {
      context,
      need: { group, resource, subresource, namespace },
    },
  ] = lacks as [KubeLack];
  const list = (words: readonly string[]): string => [...new Set(words)].join(", ");
  const names = [...new Set(lacks.flatMap(({ need }) => need.name ?? []))];
  const named = names.length === 0 ? "" : names.length > 3 ? ` (${names.length} of them)` : ` ${names.join(", ")}`;
  const what = `${resource}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}${named}`;
  return `Kubernetes: you may not ${list(lacks.map(({ need }) => need.verb))} ${what}${namespace === undefined ? "" : ` in namespace ${namespace}`} (context ${context}; for ${list(lacks.flatMap(({ steps }) => steps))})`;
}

export const vaultLine = ({ steps, path, missing }: VaultLack): string =>
  `Vault: the token lacks ${missing.join(", ")} on ${path} (for ${steps.join(", ")})`;
