import type { KubeObject, KubeWriter } from "../systems/world.ts";
import { SinkFailure, type Sink } from "./sink.ts";

/** A Secret of a cluster keeps the documents, one key each. Whoever may read Secrets in its namespace, and whoever has a backup of etcd, has them. */
export function kubernetesSink(kube: KubeWriter, namespace: string, name: string): Sink {
  const ref = { apiVersion: "v1", kind: "Secret", namespace, name };
  const title = `Secret ${namespace}/${name} of context ${kube.context}`;
  const put = async (document: string, text: string, mayBeThere: boolean): Promise<void> => {
    const secret = (await kube.get(ref)) ?? (await made(kube, namespace, name));
    if (!mayBeThere && valueIn(secret, document) !== undefined)
      throw new SinkFailure(`Its key ${document} is there already.`, { taken: true });
    // The version makes it fail where somebody else wrote meanwhile.
    const { resourceVersion = "" } = secret.metadata;
    await kube.patch(ref, { metadata: { resourceVersion }, data: { [document]: Buffer.from(text).toString("base64") } });
  };
  const read = async (document: string): Promise<string | undefined> => {
    const value = valueIn(await kube.get(ref), document);
    return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
  };
  return {
    title,
    warning: `${title}: whoever may read Secrets in namespace ${namespace}, or a backup of that cluster, can open this Vault`,
    has: async (document) => (await read(document)) !== undefined,
    read,
    add: (document, text) => put(document, text, false),
    replace: (document, text) => put(document, text, true),
    remove: async (document) => {
      if ((await read(document)) !== undefined) await kube.patch(ref, { data: { [document]: null } });
    },
  };
}

/** Applied without data: an apply would take over what stands there. */
const made = (kube: KubeWriter, namespace: string, name: string): Promise<KubeObject> =>
  kube.apply({
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    metadata: { name, namespace, labels: { "app.kubernetes.io/managed-by": "vault-k8s" } },
  });

function valueIn(secret: KubeObject | undefined, document: string): string | undefined {
  const data = (secret?.["data"] ?? {}) as Readonly<Record<string, string>>;
  return data[document];
}
