import { valueOf } from "../../core/fact.ts";
import type { Readers } from "../../systems/world.ts";
import type { Spec } from "../../config/spec.ts";
import { oldest, tooOld, type OldestVersion } from "../../systems/oldest-versions.ts";
import { nodeVersions } from "../../vault/nodes/states.ts";
import { consumerKinds, type ConsumerKind } from "../../consumers/kinds.ts";
import { surveyOperator } from "./cluster-side.ts";
import { Unknown } from "./unknown.ts";

/** What the tool works with, and the versions of it that are known to fit. */
export interface Servers {
  readonly helm?: string | undefined;
  readonly kubernetes?: string | undefined;
  /** Each version that a node runs, once. */
  readonly vault?: readonly string[] | undefined;
  readonly operator?: { readonly kind: ConsumerKind; readonly version?: string | undefined } | undefined;
  /** What is outside of the range that is supported. */
  readonly skew: readonly { readonly what: string; readonly version: string; readonly why: string }[];
  readonly unknown: ReturnType<Unknown["all"]>;
}

/** Asks all at once; what cannot be asked is told. */
export async function serverVersions(world: Readers, { consumers: [first] }: Spec): Promise<Servers> {
  const unknown = new Unknown();
  const [helm, kubernetes, vault, operator] = await Promise.all([
    unknown.ask("helm", () => world.helm.version()),
    unknown.ask("Kubernetes", async () => (await world.kube.serverFacts()).version),
    unknown.ask("Vault", () => nodeVersions(world.nodes)),
    unknown.ask("operator", () => surveyOperator(world, first)),
  ]);
  const seen = valueOf(operator);
  const found = {
    helm: valueOf(helm),
    kubernetes: valueOf(kubernetes),
    vault: valueOf(vault),
    operator: seen && { kind: seen.kind, version: seen.version },
  };
  return { ...found, skew: skewOf(found), unknown: unknown.all() };
}

/** What is too old, and Vault nodes that differ from each other. */
export function skewOf({ helm, kubernetes, vault, operator }: Omit<Servers, "skew" | "unknown">): Servers["skew"] {
  const old = (what: string, version: string | undefined, needed: OldestVersion | undefined) => {
    const found = version === undefined || needed === undefined ? undefined : tooOld(needed, version);
    if (version === undefined || found === undefined) return [];
    return [{ what, version, why: `${found.wanted} or newer is needed: ${found.because}` }];
  };
  const kind = operator && consumerKinds[operator.kind];
  const several =
    vault !== undefined && vault.length > 1 ? [{ what: "vault", version: vault.join(", "), why: "nodes run different versions" }] : [];
  return [
    ...old("helm", helm, oldest.helm),
    ...old("kubernetes", kubernetes, oldest.kubernetes),
    ...(vault ?? []).flatMap((version) => old("vault", version, oldest.vault)),
    ...several,
    ...old("operator", operator?.version, kind?.oldest),
    ...(kind?.archived === undefined
      ? []
      : [{ what: "operator", version: operator?.version ?? "", why: `${kind.words.title} was archived in ${kind.archived}` }]),
  ];
}
