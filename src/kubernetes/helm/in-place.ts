import type { Refusal } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { podsOfSet } from "../../systems/vault-pods.ts";
import type { KubeReader } from "../../systems/world.ts";
import { kubectl } from "../kubectl.ts";
import { grownClaims, templateSizes, type Claim } from "./claims.ts";
import { holds, type Unchangeable } from "./fixed-fields.ts";

/**
 * What Kubernetes would refuse of a change of a release, with what does it. The question is there where a yes is enough.
 * @param claims in words, those that would have to grow and cannot
 */
export function notInPlace(
  kube: KubeReader,
  namespace: string,
  all: readonly Unchangeable[],
  claims: readonly string[],
): Refusal | undefined {
  if (all.length === 0) return undefined;
  const line = (args: string): string => kubectl(kube, `-n ${word(namespace)} ${args}`);
  return {
    reason: [
      ...all.map((one) => `${named(one)} cannot be changed in place: Kubernetes refuses another ${one.fields.join(", ")}`),
      ...claims,
    ].join("\n"),
    fix: all.flatMap((one) => mend(one, line)).join("\n"),
    ...(claims.length === 0 && all.every(isReplaceable) && { question: `${all.map(asked).join(" ")} Do that?` }),
  };
}

/** Each with what a yes does to it, for the plan. */
export const replacements = (all: readonly Unchangeable[]): { readonly field: string; readonly before: string; readonly after: string }[] =>
  all.flatMap((one) => [
    ...grownClaims(one).map(({ name, before, size }) => ({ field: `PersistentVolumeClaim ${name}`, before, after: size })),
    { field: named(one), before: "as it is", after: isSet(one) ? "made anew around its pods, which run on" : "deleted, and made anew" },
  ]);

export const isSet = ({ live }: Unchangeable): boolean => live.kind === "StatefulSet";

/**
 * Whether it can be made anew without a loss. The pods of a StatefulSet stay its pods while their labels and names do, and their volumes while
 * the new one has them too, as they are or larger; pods that go have to leave the raft before.
 */
function isReplaceable(one: Unchangeable): boolean {
  if (!isSet(one)) return true;
  const { live, wanted, fields } = one;
  if (podsOfSet(live).length > podsOfSet(wanted).length || fields.some((field) => !around.has(field))) return false;
  const next = new Map(templateSizes(wanted).map((template) => [template.name, template.rest]));
  return templateSizes(live).every(({ name, rest }) => next.has(name) && holds(rest, next.get(name)));
}

const around: ReadonlySet<string> = new Set(["spec.volumeClaimTemplates", "spec.podManagementPolicy"]);

export const named = ({ live: { kind, metadata } }: Pick<Unchangeable, "live">): string =>
  `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;

function asked(one: Unchangeable): string {
  if (!isSet(one)) return `${named(one)} would be deleted and made anew.`;
  const claims = grownClaims(one);
  const grow = claims.length === 0 ? "" : `${claims.map(({ name, size }) => `${name} would grow to ${size}`).join(", ")}; `;
  return `${grow}${named(one)} would be made anew around its pods, which run on.`;
}

/** Each line is one step. A StatefulSet is made anew around its pods, which go on meanwhile. */
function mend(one: Unchangeable, line: (args: string) => string): string[] {
  const { live, wanted } = one;
  if (!isSet(one))
    return [line(`delete ${live.kind.toLowerCase()} ${live.metadata.name}`), "Then run the same command again: helm makes it anew."];
  const [there, stay] = [podsOfSet(live), podsOfSet(wanted)];
  return [
    ...(there.length > stay.length
      ? [`First, by itself, with the settings of before: --replicas ${stay.length}, so that members leave the raft.`]
      : []),
    ...growing(grownClaims(one), line),
    line(`delete statefulset ${live.metadata.name} --cascade=orphan`),
    "Then run the same command again: helm makes the StatefulSet anew around its pods, which run on. To leave it as it is, say what it has.",
  ];
}

/** Volumes grow by their claims; they never shrink. */
function growing(claims: readonly Claim[], line: (args: string) => string): string[] {
  if (claims.length === 0) return [];
  const patch = (size: string): string => word(JSON.stringify({ spec: { resources: { requests: { storage: size } } } }));
  return [
    "Volumes grow by their claims, where their storage class has allowVolumeExpansion; they never shrink:",
    ...claims.map(({ name, size }) => line(`patch pvc ${name} -p ${patch(size)}`)),
  ];
}
