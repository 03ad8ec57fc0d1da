import { kinds, notYet } from "../../errors.ts";
import { at, text } from "../../core/values.ts";
import { secretText } from "../secret-data.ts";
import type { Answers } from "../asked-once/answers.ts";
import type { KubeObject, KubeReader, ObjectRef } from "../world.ts";
import { releasePods } from "../vault-pods.ts";

/** Where Vault's pods run. */
export interface VaultPlace {
  readonly kube: KubeReader;
  readonly namespace: string;
  readonly release: string;
}

/** Gives the PEM of whom to trust at Vault; `fresh` reads it again, since it may change during a run. */
export type Trust = (how?: { readonly fresh: boolean }) => Promise<string | undefined>;

/** Kept for the run, and read again when asked for it. Nothing found is not the last word: Vault may be installed meanwhile. */
export const keptTrust =
  (answers: Answers, read: (how: { readonly fresh: boolean }) => Promise<string | undefined>): Trust =>
  ({ fresh } = { fresh: false }) => {
    if (fresh) answers.drop(question);
    return answers.lasting(
      question,
      () => read({ fresh }),
      (found) => found !== undefined,
    );
  };

const question = "whom to trust at Vault";

/**
 * The CA that Vault's pods are told to trust: what VAULT_CACERT (or BAO_CACERT) names in the Secret or ConfigMap that is mounted
 * there. Undefined where they are told nothing. Throws NotYet where there are no pods.
 */
export async function caOfPods({ kube, namespace, release }: VaultPlace): Promise<string | undefined> {
  const { pods } = await releasePods(kube, { namespace, release });
  if (pods.length === 0)
    throw notYet(kinds.vaultNotInstalled, {
      what: `There are no Vault pods in namespace ${namespace} of context ${kube.context}`,
      fix: "vault-k8s install makes them; --install-namespace and --release say where they are.",
    });
  const source = sourceIn(pods);
  if (source === undefined) return undefined;
  const object = await kube.get(refOf(source, namespace));
  if (source.kind === "Secret") return secretText(object, source.key);
  return text(at(object?.["data"], source.key));
}

const refOf = ({ kind, name }: CaSource, namespace: string): ObjectRef => ({ apiVersion: "v1", kind, namespace, name });

/** The object that holds it; undefined where there are no pods, or they are told nothing. */
export async function caObject({ kube, namespace, release }: VaultPlace): Promise<ObjectRef | undefined> {
  const source = sourceIn((await releasePods(kube, { namespace, release })).pods);
  return source === undefined ? undefined : refOf(source, namespace);
}

/** While pods go over from http to https, only those that were replaced are told whom to trust. */
const sourceIn = (pods: readonly KubeObject[]): CaSource | undefined => pods.map(caSource).find((source) => source !== undefined);

/** Which key of which object the file of VAULT_CACERT is. */
interface CaSource {
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
  readonly key: string;
}

interface PodShape {
  readonly spec?: {
    readonly containers?: readonly {
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
      readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
    }[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly secret?: { readonly secretName: string };
      readonly configMap?: { readonly name: string };
    }[];
  };
}

function caSource(pod: KubeObject): CaSource | undefined {
  const { spec } = pod as unknown as PodShape;
  for (const { env = [], volumeMounts = [] } of spec?.containers ?? []) {
    const file = ["VAULT_CACERT", "BAO_CACERT"]
      .map((name) => env.find((one) => one.name === name)?.value)
      .find((value) => value !== undefined);
    const mount = volumeMounts.find(({ mountPath }) => file?.startsWith(`${mountPath.replace(/\/$/, "")}/`) === true);
    const volume = spec?.volumes?.find(({ name }) => name === mount?.name);
    if (file === undefined || mount === undefined || volume === undefined) continue;
    const key = file.slice(mount.mountPath.replace(/\/$/, "").length + 1);
    if (volume.secret !== undefined) return { kind: "Secret", name: volume.secret.secretName, key };
    if (volume.configMap !== undefined) return { kind: "ConfigMap", name: volume.configMap.name, key };
  }
  return undefined;
}
