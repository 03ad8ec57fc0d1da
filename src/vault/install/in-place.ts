import { at, list, text } from "../../core/values.ts";
import { word } from "../../core/shell.ts";
import { unchangeable, type Unchangeable } from "../../kubernetes/helm/fixed-fields.ts";
import type { Refusal } from "../../core/resource.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { podsOfSet } from "../../systems/vault-pods.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";

/** What Kubernetes would refuse of a change of the release, with what does it; undefined where it takes all. */
export async function notInPlace({ kube }: Readers, namespace: string, wanted: readonly KubeObject[]): Promise<Refusal | undefined> {
  const all = await unchangeable(kube, namespace, wanted);
  if (all.length === 0) return undefined;
  return {
    reason: all
      .map(({ live, fields }) => `${named(live)} cannot be changed in place: Kubernetes refuses another ${fields.join(", ")}`)
      .join("\n"),
    fix: all.flatMap((one) => mend(one, (args) => kubectl(kube, `-n ${word(namespace)} ${args}`))).join("\n"),
  };
}

const named = ({ kind, metadata }: KubeObject): string =>
  `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;

/** Each line is one step. A StatefulSet is made anew around its pods, which go on meanwhile. */
function mend(one: Unchangeable, line: (args: string) => string): string[] {
  const { live } = one;
  if (live.kind !== "StatefulSet")
    return [line(`delete ${live.kind.toLowerCase()} ${live.metadata.name}`), "Then run the same command again: helm makes it anew."];
  const [there, stay] = [podsOfSet(live), podsOfSet(one.wanted)];
  return [
    ...(there.length > stay.length
      ? [`First, by itself, with the settings of before: --replicas ${stay.length}, so that members leave the raft.`]
      : []),
    ...claims(one, line),
    line(`delete statefulset ${live.metadata.name} --cascade=orphan`),
    "Then run the same command again: helm makes the StatefulSet anew around its pods, which run on. To leave it as it is, say what it has.",
  ];
}

/** Volumes grow by their claims; they never shrink. */
function claims({ live, wanted }: Unchangeable, line: (args: string) => string): string[] {
  const sizes = new Map(templates(live));
  const grown = templates(wanted).filter(([name, size]) => sizes.has(name) && sizes.get(name) !== size);
  if (grown.length === 0) return [];
  const patch = (size: string): string => word(JSON.stringify({ spec: { resources: { requests: { storage: size } } } }));
  return [
    "Volumes grow by their claims, where their storage class has allowVolumeExpansion; they never shrink:",
    ...grown.flatMap(([name, size]) => podsOfSet(live).map((pod) => line(`patch pvc ${name}-${pod} -p ${patch(size)}`))),
  ];
}

const templates = (set: KubeObject): [string, string][] =>
  list(at(set, "spec", "volumeClaimTemplates")).map((template) => [
    text(at(template, "metadata", "name")) ?? "",
    text(at(template, "spec", "resources", "requests", "storage")) ?? "",
  ]);
