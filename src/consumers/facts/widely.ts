import { ifAllowed } from "../../systems/allowed.ts";
import type { KubeObject, KubeReader } from "../../systems/world.ts";

/** All objects of a kind in all namespaces; where that is not allowed, those of the application's. */
export const listWidely = (
  kube: KubeReader,
  what: { readonly apiVersion: string; readonly kind: string },
  namespace: string,
): Promise<KubeObject[]> =>
  ifAllowed(
    () => kube.list(what),
    () => kube.list({ ...what, namespace }),
  );
