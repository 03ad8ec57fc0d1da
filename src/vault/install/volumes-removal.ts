import { gone, stays } from "../../core/removal.ts";
import { word } from "../../core/shell.ts";
import { untilGone } from "../../kubernetes/gone.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { refOf } from "../../kubernetes/object-ref.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { releasePods, vaultPodSelector } from "../../systems/vault-pods.ts";

interface ReleasePlace {
  readonly namespace: string;
  readonly release: string;
}

/** Takes away Vault's volumes, which helm leaves; only where the release or the keys say that they are ours. */
export function volumesRemoval(place: ReleasePlace, { dataStays, vaultStays, withinMs }: RemovalPolicy): AppRemoval {
  const { namespace, release } = place;
  const names = async (read: Readers): Promise<string[]> => (await claims(read, place)).map(({ metadata }) => metadata.name);
  return {
    id: `kubernetes PersistentVolumeClaims of ${namespace}/${release}`,
    takes: (object) => isClaim(object, place),
    look: async (read) => {
      const all = await names(read);
      if (all.length === 0) return gone();
      if (dataStays !== undefined) return stays(dataStays);
      const reason = (await vaultStays(read)) ?? (await foreign(read, place));
      return reason === undefined ? { kind: "there", changes: all.map((name) => ({ field: name, before: "data" })) } : stays(reason);
    },
    remove: async (write) => {
      for (const claim of await claims(write, place)) await write.kube.remove(refOf(claim));
      await untilGone(() => names(write), withinMs, kubectl(write.kube, `get pvc -n ${namespace}`));
    },
    command: ({ kube }) => ({
      lines: `kubectl --context ${word(kube.context)} -n ${word(namespace)} delete pvc --ignore-not-found -l ${word(`app.kubernetes.io/instance=${release},component=server`)}`,
    }),
  };
}

const claims = ({ kube }: Readers, { namespace, release }: ReleasePlace): Promise<KubeObject[]> =>
  kube.list({ apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, labelSelector: vaultPodSelector(release) });

/** Fits what `vaultPodSelector` selects. */
function isClaim({ kind, metadata }: KubeObject, { namespace, release }: ReleasePlace): boolean {
  const { labels = {} } = metadata;
  return (
    kind === "PersistentVolumeClaim" &&
    metadata.namespace === namespace &&
    /^(vault|openbao)$/.test(labels["app.kubernetes.io/name"] ?? "") &&
    labels["app.kubernetes.io/instance"] === release &&
    labels["component"] === "server"
  );
}

async function foreign(read: Readers, place: ReleasePlace): Promise<string | undefined> {
  if ((await read.helm.release(place.namespace, place.release)) !== undefined) return undefined;
  const { pods, ignored } = await releasePods(read.kube, place);
  if (pods.length + ignored.length > 0) return "Vault pods that we did not install use them";
  return (await read.keys.read()) === undefined ? "neither a release nor unseal keys say that they are ours" : undefined;
}
