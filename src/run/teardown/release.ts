import { word } from "../../core/shell.ts";
import type { ObjectRef, Readers } from "../../systems/world.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { isOurs, owner, ownerLabel } from "../../kubernetes/ownership.ts";
import { gone, stays, untilGone, type Leaving } from "./absent.ts";
import { deleteCommand } from "./object.ts";

export interface ReleaseLeaving {
  readonly namespace: string;
  readonly name: string;
  /** Why it stays although it is ours. */
  readonly stays: (read: Readers) => Promise<string | undefined>;
  /** A definition that its chart leaves behind. */
  readonly definition?: ObjectRef | undefined;
  readonly withinMs: number;
}

/** A Helm release of ours, until its last pod is gone. */
export function leavingRelease({ namespace, name, stays: whyStays, definition, withinMs }: ReleaseLeaving): Leaving {
  const pods = async ({ kube }: Readers): Promise<string[]> =>
    (await kube.list({ apiVersion: "v1", kind: "Pod", namespace, labelSelector: `app.kubernetes.io/instance=${name}` })).map(
      (pod) => `pod ${namespace}/${pod.metadata.name}`,
    );
  return {
    id: `helm ${namespace}/${name}`,
    look: async (read) => {
      const release = await read.helm.release(namespace, name);
      if (release === undefined) return gone();
      if (release.labels[ownerLabel] !== owner) return stays(`${release.chart}, installed by someone else`);
      const reason = await whyStays(read);
      return reason === undefined ? { kind: "there", note: release.chart } : stays(reason);
    },
    remove: async (write, say) => {
      if (definition !== undefined) await write.kube.remove(definition);
      say(`helm uninstalls ${namespace}/${name}`);
      await write.helm.uninstall(namespace, name);
      await untilGone(() => pods(write), withinMs, kubectl(write.kube, `get pods -n ${namespace}`));
    },
    command: ({ kube }) => ({
      lines: [
        ...(definition === undefined ? [] : [deleteCommand(kube.context, definition).lines]),
        `helm uninstall ${word(name)} --kube-context ${word(kube.context)} -n ${word(namespace)} --wait`,
      ].join("\n"),
    }),
  };
}

/** Why the operator has to stay: without its definitions, Kubernetes would delete what others made of them, and the Secrets with it. */
export async function operatorNeeded(
  read: Readers,
  others: readonly string[],
  stores: readonly Omit<ObjectRef, "name">[],
): Promise<string | undefined> {
  const found = await Promise.all(stores.map((kind) => read.kube.list(kind)));
  const foreign = found.flat().filter((object) => !isOurs(object));
  const names = [...others, ...foreign.map(({ kind, metadata }) => `${kind} ${metadata.name}`)];
  if (names.length === 0) return undefined;
  return `others need it: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}
