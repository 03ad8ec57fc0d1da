import type { Readers } from "../../systems/world.ts";
import type { Spec } from "../../config/spec.ts";
import { tooOld, type Versioned } from "../../systems/oldest-versions.ts";
import { nodeVersions } from "../../vault/nodes/states.ts";
import { surveyOperator } from "./cluster-side.ts";
import { Unknown } from "./unknown.ts";

/** What the tool works with, and the versions of it that are known to fit. */
export interface Servers {
  readonly helm?: string | undefined;
  readonly kubernetes?: string | undefined;
  /** Each version that a node runs, once. */
  readonly vault?: readonly string[] | undefined;
  readonly operator?: { readonly kind: string; readonly version?: string | undefined } | undefined;
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
  const found = { helm, kubernetes, vault, operator: operator && { kind: operator.kind, version: operator.version } };
  return { ...found, skew: skewOf(found), unknown: unknown.all() };
}

/** What is too old, and Vault nodes that differ from each other. */
export function skewOf({ helm, kubernetes, vault, operator }: Omit<Servers, "skew" | "unknown">): Servers["skew"] {
  const old = (what: Versioned, version: string | undefined) => {
    const found = version === undefined ? undefined : tooOld(what, version);
    if (version === undefined || found === undefined) return [];
    return [{ what, version, why: `${found.wanted} or newer is needed: ${found.because}` }];
  };
  const several =
    vault !== undefined && vault.length > 1 ? [{ what: "vault", version: vault.join(", "), why: "nodes run different versions" }] : [];
  return [
    ...old("helm", helm),
    ...old("kubernetes", kubernetes),
    ...(vault ?? []).flatMap((version) => old("vault", version)),
    ...several,
    ...(operator?.kind === "eso" ? old("operator", operator.version) : []),
    ...(operator?.kind === "kes"
      ? [{ what: "operator", version: operator.version ?? "", why: "kubernetes-external-secrets was archived in July 2022" }]
      : []),
  ];
}
