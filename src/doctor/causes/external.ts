import { kubectl } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { short } from "../../consumers/diagnosis/look.ts";
import type { ExternalFact } from "../../consumers/diagnosis/operator-facts.ts";
import { valueOf } from "../../core/fact.ts";

/** ExternalSecrets that are not synced. */
export const failing = ({ externals }: Evidence): readonly ExternalFact[] =>
  (valueOf(externals) ?? []).filter(({ ready }) => ready?.status !== "True");

/** Those that are called synced. */
export const synced = ({ externals }: Evidence): readonly ExternalFact[] =>
  (valueOf(externals) ?? []).filter(({ ready }) => ready?.status === "True");

export const titled = ({ namespace, name }: ExternalFact): string => `ExternalSecret ${namespace}/${name}`;

export const edit = (evidence: Evidence, { namespace, name }: ExternalFact): string =>
  kubectl(evidence, `edit externalsecret ${name} -n ${namespace}`);

/** The first ExternalSecret of which the operator says such words, with its sentence. */
export function saysOf(evidence: Evidence, words: RegExp): { readonly external: ExternalFact; readonly said: string } | undefined {
  for (const external of failing(evidence)) {
    const said = [...external.events.map(({ message }) => message), external.ready?.message ?? ""].find((message) => words.test(message));
    if (said !== undefined) return { external, said: short(said) };
  }
  return undefined;
}
