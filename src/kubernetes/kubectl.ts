import type { KubeReader, Readers } from "../systems/world.ts";
import { kubectlIn } from "../systems/kubectl.ts";

/** A command for a person, who may have another context at hand than this run. */
export const kubectl = ({ context }: Pick<KubeReader, "context">, args: string): string => `${kubectlIn(context)} ${args}`;

/** The same where Vault's pods are. */
export const kubectlAtVault = ({ kube, vaultKube }: Pick<Readers, "kube" | "vaultKube">, args: string): string =>
  kubectl(vaultKube ?? kube, args);
