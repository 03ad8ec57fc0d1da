import { unlessRefused, type Change, type Diff, type Refusal } from "../../core/resource.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { unchangeable, type Unchangeable } from "./fixed-fields.ts";
import { named, notInPlace, replacements } from "./in-place.ts";
import { claimsToGrow } from "./replacement.ts";

interface Changing {
  readonly namespace: string;
  readonly name: string;
  /** What of a change cannot be made, or not without consent. */
  readonly wrong?: (wanted: readonly KubeObject[]) => Refusal | undefined;
  readonly refuses?: (read: Readers, wanted: readonly KubeObject[]) => Promise<Refusal | undefined>;
}

/** A change of a release, or the conflict that it is: what Kubernetes would refuse is known before helm is half way. */
export async function refusedChange(
  read: Readers,
  release: Changing,
  changes: readonly Change[],
  wanted: readonly KubeObject[],
): Promise<Diff> {
  const { namespace } = release;
  const fixed = await unchangeable(read.kube, namespace, wanted);
  const taken = wanted.filter((object) => !fixed.some((one) => isSame(one, object)));
  const [claims, byServer, said] = await Promise.all([
    claimsToGrow(read.kube, namespace, fixed).then((found) => refusals(read, found)),
    refusedByServer(read, namespace, taken),
    release.refuses?.(read, wanted),
  ]);
  const change: Diff = { kind: "update", changes: [...changes, ...replacements(fixed)] };
  return [release.wrong?.(wanted), byServer, notInPlace(read.kube, namespace, fixed, claims), said].reduceRight(unlessRefused, change);
}

const isSame = (one: Unchangeable, { kind, metadata }: KubeObject): boolean =>
  one.wanted.kind === kind && one.wanted.metadata.name === metadata.name;

/** What admission and validation refuse; undefined where they take all, or cannot be asked. */
export async function refusedByServer(read: Readers, namespace: string, objects: readonly KubeObject[]): Promise<Refusal | undefined> {
  // Before its namespace is there nothing of it can be asked.
  if ((await read.kube.get({ apiVersion: "v1", kind: "Namespace", name: namespace })) === undefined) return undefined;
  const refused = await refusals(
    read,
    objects.filter(({ kind }) => kind !== "CustomResourceDefinition"),
  );
  if (refused.length === 0) return undefined;
  return {
    reason: `Kubernetes would refuse ${refused.join("\n")}`,
    fix: "Ask for something else (--values, --set and the flags of the values), or ask who made the rule.",
  };
}

/** Of each object that the server would refuse, in its words. */
async function refusals({ kube }: Readers, objects: readonly KubeObject[]): Promise<string[]> {
  const words = await Promise.all(objects.map((object) => kube.wouldRefuse(object)));
  return objects.flatMap((live, index) => (words[index] === undefined ? [] : [`${named({ live })}: ${words[index]}`]));
}
