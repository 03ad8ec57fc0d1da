import type { KubeObject } from "../../systems/world.ts";
import type { Entry } from "./found.ts";
import type { HeldObject } from "./inventory.ts";
import { heldContext } from "./held.ts";
import { entry, type Asking } from "./source.ts";

/**
 * The cluster that an object describes.
 * @param kubeconfig makes the text of its kubeconfig; a CliError that it throws is the cluster's own
 */
export function heldEntry(
  object: KubeObject,
  { called, as }: { readonly called: string; readonly as: HeldObject },
  { trust }: Asking,
  kubeconfig: (object: string) => string,
): Entry {
  const { name, namespace, labels = {} } = object.metadata;
  return entry({ called, labels }, () => {
    const shown = `${object.kind} ${namespace}/${name}`;
    const held = heldContext(kubeconfig(shown), { called, object: shown }, trust);
    return { reach: { kind: "held", held, object: as }, server: held.cluster.server };
  });
}

/** A kubeconfig with one context, as text: what an object says in a form of its own is judged as all others are. */
export const oneContext = (cluster: object, user: object): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "cluster",
    clusters: [{ name: "cluster", cluster }],
    users: [{ name: "user", user }],
    contexts: [{ name: "cluster", context: { cluster: "cluster", user: "user" } }],
  });
