import { failure, kinds } from "../../../errors.ts";
import { givesUsers } from "../../../systems/proof-pod.ts";
import { vaultContainer, type VaultPodSpec } from "../../../systems/vault-pods.ts";
import type { KubeReader } from "../../../systems/world.ts";
import { vaultPods } from "../../../vault/pods.ts";

/** What a pod beside Vault's pods takes over from one of them. */
export interface VaultPodShape {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runAsUser: number | undefined;
  /** The cluster itself gives pods their user. */
  readonly givenUser: boolean;
  readonly pullSecrets: readonly object[];
  readonly tolerations: readonly object[];
  readonly nodeSelector: object;
}

/** The shape of a Vault pod of the release. Throws VK1207 where there is none: then `--image` has to say what to run. */
export async function vaultPodShape(
  kube: KubeReader,
  { namespace, release }: { namespace: string; release: string },
): Promise<VaultPodShape> {
  const [[pod], apis] = await Promise.all([vaultPods(kube, { namespace, release }), kube.apis()]);
  const spec = (pod?.["spec"] ?? {}) as VaultPodSpec;
  const container = vaultContainer(spec);
  if (pod === undefined || container?.image === undefined)
    throw failure(kinds.vaultNotInstalled, {
      what: `There is no Vault pod in namespace ${namespace} of context ${kube.context} whose image could be used`,
      fix: "Say an image that holds vault (or bao) and a shell: --image",
    });
  return {
    image: container.image,
    labels: pod.metadata.labels ?? {},
    runAsUser: container.securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
    givenUser: givesUsers(apis),
    pullSecrets: spec.imagePullSecrets ?? [],
    tolerations: spec.tolerations ?? [],
    nodeSelector: spec.nodeSelector ?? {},
  };
}
