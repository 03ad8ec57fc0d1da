import { same } from "../core/resource.ts";
import { word } from "../core/shell.ts";
import type { ObjectRef, Writers } from "../systems/world.ts";
import type { AppResource } from "../systems/step.ts";
import { objectId } from "./object-ref.ts";
import { kubectlIn } from "../systems/kubectl.ts";

/** How many pods a deployment wants, where that alone was changed. */
export function deploymentReplicas({ namespace, name }: { namespace: string; name: string }, replicas: number): AppResource {
  const ref: ObjectRef = { apiVersion: "apps/v1", kind: "Deployment", namespace, name };
  return {
    id: objectId(ref),
    diff: async ({ kube }) => {
      const before = ((await kube.get(ref))?.["spec"] as { readonly replicas?: number } | undefined)?.replicas;
      return before === replicas
        ? same()
        : { kind: "update", changes: [{ field: "spec.replicas", before: String(before ?? 1), after: String(replicas) }] };
    },
    apply: async ({ kube }: Writers) => void (await kube.patch(ref, { spec: { replicas } })),
    command: ({ kube }) => ({
      lines: `${kubectlIn(kube.context)} scale deployment ${word(name)} -n ${word(namespace)} --replicas=${replicas}`,
    }),
  };
}
