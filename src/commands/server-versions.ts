import type { World } from "../clients/open.ts";
import type { Settings } from "../config/fields.ts";
import { surveyOperator } from "./status/cluster-side.ts";
import { Unknown } from "./status/unknown.ts";

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

/** The oldest that fit: README, "What it needs". */
const oldest = { helm: "3.14", kubernetes: "1.24", operator: "0.9" } as const;

/** Asks all at once; what cannot be asked is told. */
export async function serverVersions(world: World, settings: Settings): Promise<Servers> {
  const unknown = new Unknown();
  const [helm, kubernetes, vault, operator] = await Promise.all([
    unknown.ask("helm", () => world.helm.version()),
    unknown.ask("Kubernetes", async () => (await world.kube.serverFacts()).version),
    unknown.ask("Vault", () => vaultVersions(world)),
    unknown.ask("operator", () => surveyOperator(world, settings)),
  ]);
  const found = { helm, kubernetes, vault, operator: operator && { kind: operator.kind, version: operator.version } };
  return { ...found, skew: skewOf(found), unknown: unknown.all() };
}

async function vaultVersions({ nodes }: World): Promise<string[]> {
  const running = (await nodes.nodes()).filter(({ phase }) => phase === "Running");
  return [...new Set(await Promise.all(running.map(async (node) => (await nodes.sealStatus(node)).version)))].sort();
}

/** What is too old, and Vault nodes that differ from each other. */
export function skewOf({ helm, kubernetes, vault, operator }: Omit<Servers, "skew" | "unknown">): Servers["skew"] {
  const old = (what: keyof typeof oldest, version: string | undefined, wanted: string = oldest[what]) =>
    version !== undefined && isOlder(version, wanted) ? [{ what, version, why: `${wanted} or newer is needed` }] : [];
  const several =
    vault !== undefined && vault.length > 1 ? [{ what: "vault", version: vault.join(", "), why: "nodes run different versions" }] : [];
  return [
    ...old("helm", helm),
    ...old("kubernetes", kubernetes),
    ...several,
    ...(operator?.kind === "eso" ? old("operator", operator.version) : []),
    ...(operator?.kind === "kes"
      ? [{ what: "operator", version: operator.version ?? "", why: "kubernetes-external-secrets was archived in July 2022" }]
      : []),
  ];
}

function isOlder(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return /\d+\.\d+/.test(version) && (major < wantedMajor || (major === wantedMajor && minor < wantedMinor));
}
