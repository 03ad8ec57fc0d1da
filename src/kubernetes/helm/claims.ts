import { isRecord } from "../../core/compare.ts";
import { at, list, text } from "../../core/values.ts";
import { podsOfSet } from "../../systems/vault-pods.ts";
import type { KubeObject } from "../../systems/world.ts";
import type { Unchangeable } from "./fixed-fields.ts";

/** A claim of a pod, and the size that is asked for now. */
export interface Claim {
  readonly name: string;
  readonly before: string;
  readonly size: string;
}

interface Template {
  readonly name: string;
  readonly size: string;
  /** All but its size. */
  readonly rest: unknown;
}

/** The claims that each pod of a StatefulSet has. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates */
export const templateSizes = (set: KubeObject): Template[] =>
  list(at(set, "spec", "volumeClaimTemplates")).map((template) => ({
    name: text(at(template, "metadata", "name")) ?? "",
    size: text(at(template, "spec", "resources", "requests", "storage")) ?? "",
    rest: withoutSize(template),
  }));

function withoutSize(template: unknown): unknown {
  const spec = at(template, "spec");
  return isRecord(template) && isRecord(spec) ? { ...template, spec: { ...spec, resources: undefined } } : template;
}

/** Claims of the pods that are there whose size is asked for otherwise. */
export function grownClaims({ live, wanted }: Unchangeable): Claim[] {
  if (live.kind !== "StatefulSet") return [];
  const sizes = new Map(templateSizes(live).map(({ name, size }) => [name, size]));
  return templateSizes(wanted).flatMap(({ name, size }) => {
    const before = sizes.get(name);
    return before === undefined || before === size ? [] : podsOfSet(live).map((pod) => ({ name: `${name}-${pod}`, before, size }));
  });
}

/** The patch of a claim, as an object. */
export const claimOf = ({ name, size }: Claim, namespace: string): KubeObject => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name, namespace },
  spec: { resources: { requests: { storage: size } } },
});
