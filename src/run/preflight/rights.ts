import type { AccessQuestion, KubeReader, VaultReader } from "../../systems/world.ts";
import type { KubeNeed, VaultNeed } from "../../systems/need.ts";

/** A need, and the steps that have it. */
export interface Wanted<N> {
  readonly need: N;
  readonly steps: readonly string[];
}

/** A right in Kubernetes that the user lacks. */
export interface KubeLack extends Wanted<KubeNeed> {
  readonly context: string;
}

export interface VaultLack {
  readonly steps: readonly string[];
  readonly path: string;
  readonly missing: readonly string[];
}

/** Asks for rights in one cluster. Where the user may do everything, that is one question; else one for each verb and kind, and where that is refused one for each name. */
export async function kubeLacks(kube: KubeReader, wanted: readonly Wanted<KubeNeed>[]): Promise<KubeLack[]> {
  if (wanted.length === 0 || (await kube.canI({ verb: "*", group: "*", resource: "*" }))) return [];
  const holds = async (need: KubeNeed): Promise<boolean> => {
    const { name, ...any } = questionOf(need);
    if ((await kube.canI(any)) || (name !== undefined && (await kube.canI({ ...any, name })))) return true;
    return need.instead !== undefined && (await Promise.all(need.instead.map(holds))).every(Boolean);
  };
  const lacks = await Promise.all(distinct(wanted).map(async (one) => ((await holds(one.need)) ? [] : [await lackOf(kube, one)])));
  return lacks.flat().filter((lack) => lack !== undefined);
}

/** An access review can say no where an authorizer behind a webhook says yes: what can be tried is tried, as a dry run. */
const lackOf = async (kube: KubeReader, wanted: Wanted<KubeNeed>): Promise<KubeLack | undefined> =>
  (await kube.reallyMay(questionOf(wanted.need))) === true ? undefined : { ...wanted, context: kube.context };

const questionOf = ({ verb, group, resource, subresource, namespace, name }: KubeNeed): AccessQuestion => ({
  verb,
  group,
  resource,
  subresource,
  namespace,
  name,
});

/** The same need of several steps once. */
export function distinct<N>(wanted: readonly Wanted<N>[]): Wanted<N>[] {
  const known = new Map<string, Wanted<N>>();
  for (const one of wanted) {
    const key = JSON.stringify(one.need);
    const steps = [...(known.get(key)?.steps ?? []), ...one.steps];
    known.set(key, { need: one.need, steps: [...new Set(steps)] });
  }
  return [...known.values()];
}

/** Asks Vault in one question what the token may do. Documented at Vault's API docs, /sys/capabilities-self. */
export async function vaultLacks(vault: VaultReader, wanted: readonly Wanted<VaultNeed>[]): Promise<VaultLack[]> {
  if (wanted.length === 0) return [];
  const paths = byPath(wanted);
  const has = await vault.capabilities([...paths.keys()]);
  return [...paths].flatMap(([path, { steps, capabilities }]): VaultLack[] => {
    const held = has[path] ?? [];
    const missing = held.includes("root") ? [] : [...capabilities].filter((one) => !held.includes(one));
    return missing.length === 0 ? [] : [{ steps: [...steps], path, missing }];
  });
}

/** All that is wanted of each path. */
export function byPath(wanted: readonly Wanted<VaultNeed>[]): Map<string, { steps: Set<string>; capabilities: Set<string> }> {
  const paths = new Map<string, { steps: Set<string>; capabilities: Set<string> }>();
  for (const { need, steps } of wanted) {
    const known = paths.get(need.path) ?? { steps: new Set(), capabilities: new Set() };
    for (const step of steps) known.steps.add(step);
    for (const capability of need.capabilities) known.capabilities.add(capability);
    paths.set(need.path, known);
  }
  return paths;
}
