import { gone, stays } from "../../core/removal.ts";
import { word } from "../../core/shell.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { KubeObject, ObjectRef, Readers } from "../../systems/world.ts";
import { deleteCommand, untilGone } from "../gone.ts";
import { kubectl } from "../kubectl.ts";
import { owner, ownerLabel } from "../ownership.ts";
import { helmIn } from "../../systems/kubectl.ts";

export interface RemovableRelease {
  readonly namespace: string;
  readonly name: string;
  /** Why it stays although it is ours. */
  readonly stays?: ((read: Readers, policy: RemovalPolicy) => Promise<string | undefined>) | undefined;
  /** A definition that its chart leaves behind: helm leaves what stands in a chart's folder crds. */
  readonly definition?: ObjectRef | undefined;
}

/** Takes away a Helm release of ours, and waits until its last pod is gone. */
export function releaseRemoval(release: RemovableRelease, policy: RemovalPolicy): AppRemoval {
  const { namespace, name, stays: why, definition } = release;
  const pods = async ({ kube }: Readers): Promise<string[]> =>
    (await kube.list({ apiVersion: "v1", kind: "Pod", namespace, labelSelector: `app.kubernetes.io/instance=${name}` })).map(
      (pod) => `pod ${namespace}/${pod.metadata.name}`,
    );
  return {
    id: `helm ${namespace}/${name}`,
    takes: (object) => isOfRelease(object, release),
    look: async (read) => {
      const found = await read.helm.release(namespace, name);
      if (found === undefined) return gone();
      if (found.labels[ownerLabel] !== owner) return stays(`${found.chart}, installed by someone else`);
      const reason = await why?.(read, policy);
      return reason === undefined ? { kind: "there", note: found.chart } : stays(reason);
    },
    remove: async (write, say) => {
      if (definition !== undefined) await write.kube.remove(definition);
      say(`helm uninstalls ${namespace}/${name}`);
      await write.helm.uninstall(namespace, name);
      await untilGone(() => pods(write), policy.withinMs, kubectl(write.kube, `get pods -n ${namespace}`));
    },
    command: ({ kube }) => ({
      lines: [
        ...(definition === undefined ? [] : [deleteCommand(kube.context, definition).lines]),
        `${["helm", "uninstall", word(name), ...helmIn(kube.context).map(word)].join(" ")} -n ${word(namespace)} --wait`,
      ].join("\n"),
    }),
  };
}

/** What helm made of it, by the annotation that helm puts on it, and helm's own records. */
function isOfRelease({ metadata }: KubeObject, { namespace, name }: RemovableRelease): boolean {
  const { labels = {}, annotations = {} } = metadata;
  if (metadata.namespace !== namespace) return false;
  const isRecord = labels["owner"] === "helm" && labels["name"] === name && labels[ownerLabel] === owner;
  return isRecord || annotations["meta.helm.sh/release-name"] === name;
}
