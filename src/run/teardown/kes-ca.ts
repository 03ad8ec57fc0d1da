import type { KubeObject } from "../../systems/world.ts";
import { kesCaRef } from "../../consumers/kes/trust.ts";
import { stays, type Leaving } from "./absent.ts";
import { leavingObject } from "./object.ts";

/** Vault's CA beside kubernetes-external-secrets. It goes after the release; pods that stay, or that no release made, keep what they mount. */
export function leavingKesCa(namespace: string, release: Leaving, withinMs: number): Leaving {
  const ref = kesCaRef(namespace);
  const leaving = leavingObject({ ref, withinMs });
  return {
    ...leaving,
    look: async (read) => {
      const standing = await leaving.look(read);
      if (standing.kind !== "there" || (await release.look(read)).kind === "there") return standing;
      const pods = await read.kube.list({ apiVersion: "v1", kind: "Pod", namespace });
      const pod = pods.find((one) => mounts(one, ref.name));
      return pod === undefined ? standing : stays(`pod ${pod.metadata.name} mounts it`);
    },
  };
}

function mounts({ spec }: KubeObject, secret: string): boolean {
  const { volumes = [] } = (spec ?? {}) as { readonly volumes?: readonly { readonly secret?: { readonly secretName?: string } }[] };
  return volumes.some((volume) => volume.secret?.secretName === secret);
}
