import { failure, kinds } from "../../errors.ts";
import { secretText } from "../../systems/secret-data.ts";
import type { KubeObject } from "../../systems/world.ts";
import type { Entry } from "./found.ts";
import { heldEntry } from "./held-entry.ts";
import { titleOf, type Asking, type Hub, type Source } from "./source.ts";

interface Wish extends Hub {
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
}

/** Any Secrets by label that hold a kubeconfig under a key, as those of Rancher, Sveltos, Gardener and vcluster do. */
export const secretsSource = ({ key, ...wish }: Wish & { readonly key: string }): Source => ({
  kind: "secrets",
  title: titleOf("secrets", wish),
  read: async (asking) => (await secretsOf(wish, asking, wish.selector)).map((secret) => ofSecret(secret, key, asking)),
});

const capiLabel = "cluster.x-k8s.io/cluster-name";

/**
 * Kubeconfig Secrets of Cluster API: NAME-kubeconfig with the label of the cluster NAME, key `value`.
 * https://cluster-api.sigs.k8s.io/developer/core/support-multiple-instances and util/secret of its source
 */
export const clusterApiSource = (wish: Wish): Source => ({
  kind: "clusterApi",
  title: titleOf("clusterApi", wish),
  read: async (asking) => {
    const selector = [capiLabel, wish.selector].filter((one) => one !== undefined).join(",");
    const secrets = await secretsOf(wish, asking, selector);
    // The same label stands on the keys of the cluster's CAs.
    return secrets.filter(isKubeconfig).map((secret) => ofSecret(secret, "value", asking));
  },
});

const isKubeconfig = ({ metadata: { name, labels } }: KubeObject): boolean => name === `${labels?.[capiLabel] ?? ""}-kubeconfig`;

const secretsOf = async ({ namespace, ...hub }: Wish, asking: Asking, labelSelector: string | undefined): Promise<KubeObject[]> =>
  (await asking.hub(hub)).list({ apiVersion: "v1", kind: "Secret", namespace, labelSelector });

/** What the tools put behind the cluster's name. */
const endings = /-(?:sveltos-)?kubeconfig$/;

/** The cluster of one Secret that holds a kubeconfig. */
export function ofSecret(secret: KubeObject, key: string, asking: Asking): Entry {
  const { name, namespace } = secret.metadata;
  const plain = name.replace(endings, "") || name;
  const as = { form: "kubeconfig", secret: `${namespace}/${name}`, key } as const;
  return heldEntry(secret, { called: `${namespace}/${plain}`, as }, asking, (object) => textOf(secret, key, object));
}

function textOf(secret: KubeObject, key: string, object: string): string {
  const text = secretText(secret, key);
  if (text !== undefined) return text;
  throw failure(kinds.heldShape, {
    what: `${object} holds nothing under the key ${key}`,
    fix: "Say the key that it has, or narrow the label selector.",
  });
}
