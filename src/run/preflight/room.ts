import type { KubeObject, KubeReader } from "../../systems/world.ts";
import type { RoomNeed } from "../../systems/need.ts";
import { quantity } from "./quantity.ts";

/** Something besides rights that is missing, and what to do. */
export interface Shortage {
  readonly what: string;
  readonly fix: string;
}

interface LimitItem {
  readonly type: string;
  readonly max?: Readonly<Record<string, string>>;
  readonly min?: Readonly<Record<string, string>>;
  readonly default?: Readonly<Record<string, string>>;
  readonly defaultRequest?: Readonly<Record<string, string>>;
}

/** What the quotas and limits of a namespace refuse. https://kubernetes.io/docs/concepts/policy/resource-quotas/, https://kubernetes.io/docs/concepts/policy/limit-range/ */
export async function roomShortages(kube: KubeReader, need: RoomNeed): Promise<Shortage[]> {
  const { namespace } = need;
  const [quotas, ranges] = await Promise.all([
    kube.list({ apiVersion: "v1", kind: "ResourceQuota", namespace }),
    kube.list({ apiVersion: "v1", kind: "LimitRange", namespace }),
  ]);
  const limits = ranges.flatMap((range) =>
    ((range["spec"] as { limits?: LimitItem[] } | undefined)?.limits ?? []).map((item) => ({ range, item })),
  );
  const unsaid = need.unsaid.filter((asked) => !limits.some(({ item }) => givesDefault(item, asked)));
  return [
    ...quotas.flatMap((quota) => quotaShortages(quota, need, unsaid)),
    ...limits.flatMap(({ range, item }) => claimLimits(range, item, need)),
  ];
}

// A default limit stands for a default request too.
function givesDefault({ type, default: limits = {}, defaultRequest = {} }: LimitItem, asked: string): boolean {
  const [kind = "", what = ""] = asked.split(".");
  return type === "Container" && (limits[what] !== undefined || (kind === "requests" && defaultRequest[what] !== undefined));
}

function quotaShortages(quota: KubeObject, need: RoomNeed, unsaid: readonly string[]): Shortage[] {
  const { hard = {}, used = {} } = (quota["status"] ?? {}) as {
    hard?: Readonly<Record<string, string>>;
    used?: Readonly<Record<string, string>>;
  };
  const name = `ResourceQuota ${need.namespace}/${quota.metadata.name}`;
  const wanted = wantedOf(need);
  const short = Object.entries(hard).flatMap(([key, value]): Shortage[] => {
    const needed = wanted(key);
    const left = quantity(value) - quantity(used[key] ?? "0");
    if (needed <= left) return [];
    return [
      {
        what: `${name} leaves room for ${amount(left, key)} of ${key}, and ${need.of} needs ${amount(needed, key)}`,
        fix: "Raise the quota, or choose another namespace.",
      },
    ];
  });
  // https://kubernetes.io/docs/concepts/policy/resource-quotas/: without them such a pod is refused.
  const refused = unsaid.filter(
    (asked) => hard[asked] !== undefined || (asked.startsWith("requests.") && hard[asked.slice("requests.".length)] !== undefined),
  );
  return [
    ...short,
    ...(refused.length === 0
      ? []
      : [
          {
            what: `${name} refuses pods that do not say ${refused.join(", ")}, and those of ${need.of} do not`,
            fix: "Set them in a values file (--values for Vault, --operator-values for the operator), or give the namespace a LimitRange with defaults.",
          },
        ]),
  ];
}

const inBytes = (key: string): boolean => key.endsWith("requests.storage");
const amount = (value: number, key: string): string => (inBytes(key) ? `${Math.floor((value / 2 ** 30) * 10) / 10}Gi` : String(value));

function wantedOf({ pods, claims }: RoomNeed): (key: string) => number {
  const sum = (some: RoomNeed["claims"], of: (claim: RoomNeed["claims"][number]) => number): number =>
    some.reduce((total, claim) => total + of(claim), 0);
  return (key) => {
    if (key === "pods" || key === "count/pods") return pods;
    const [, storageClass, rest = key] = /^(.+)\.storageclass\.storage\.k8s\.io\/(.+)$/.exec(key) ?? [];
    const counted = storageClass === undefined ? claims : claims.filter((claim) => claim.storageClass === storageClass);
    if (rest === "persistentvolumeclaims" || rest === "count/persistentvolumeclaims") return sum(counted, ({ count }) => count);
    return rest === "requests.storage" ? sum(counted, ({ count, size }) => count * quantity(size)) : 0;
  };
}

function claimLimits(range: KubeObject, { type, max, min }: LimitItem, { claims, namespace }: RoomNeed): Shortage[] {
  if (type !== "PersistentVolumeClaim") return [];
  return claims.flatMap(({ size }) => {
    const [most, least] = [max?.["storage"], min?.["storage"]];
    const wrong =
      most !== undefined && quantity(size) > quantity(most)
        ? `at most ${most}`
        : least !== undefined && quantity(size) < quantity(least)
          ? `at least ${least}`
          : undefined;
    return wrong === undefined
      ? []
      : [
          {
            what: `LimitRange ${namespace}/${range.metadata.name} takes volumes of ${wrong}, and Vault's are to have ${size}`,
            fix: "Say another size with --storage-size, or change the LimitRange.",
          },
        ];
  });
}
