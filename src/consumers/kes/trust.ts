import { createHash } from "node:crypto";
import type { Plain } from "../../core/compare.ts";
import { NotYet } from "../../core/errors.ts";
import { same, type Command } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import type { KubeObject, ObjectRef, Readers } from "../../systems/world.ts";
import { applying } from "../../systems/need.ts";
import { diffObject, labelled, objectContent } from "../../kubernetes/object.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { owner, ownerLabel } from "../../kubernetes/ownership.ts";
import { objectRemoval } from "../../kubernetes/object-removal.ts";
import type { RemovalPolicy } from "../../systems/removal.ts";
import type { AppResource } from "../../systems/step.ts";
import { kubectlIn } from "../../systems/kubectl.ts";

const folder = "/etc/vault-ca";
const name = "vault-ca";

/** The Secret that holds Vault's CA beside kubernetes-external-secrets. */
const kesCaRef = (namespace: string): ObjectRef => ({ apiVersion: "v1", kind: "Secret", namespace, name });

/** Vault's CA as a Secret beside kubernetes-external-secrets; its chart can only mount Secrets. */
export function kesCa(namespace: string, release: string): AppResource {
  const ref = kesCaRef(namespace);
  return {
    id: objectId(ref),
    ref: { is: "object", object: ref },
    removal: (policy) => objectRemoval({ ref, stays: (read) => mounted(read, namespace, release, policy) }, policy),
    diff: async (read) => {
      const ca = await read.where.consumerCa();
      return ca === undefined
        ? same("Vault's certificate needs no CA of its own")
        : diffObject(await read.kube.get(ref), secret(namespace, ca), read.kube);
    },
    needs: async (read) => ((await trusted(read)) === undefined ? [] : applying(ref)),
    apply: async (write) => {
      const ca = await write.where.consumerCa();
      if (ca !== undefined) await write.kube.apply(secret(namespace, ca));
    },
    content: async (read) => {
      const ca = await trusted(read);
      return ca === undefined || ca === later ? undefined : objectContent(secret(namespace, ca));
    },
    command: ({ kube }) => command(kube.context, namespace),
  };
}

/** Which pod still mounts it. Pods of the release go with that; others that stay, or that no release made, keep what they mount. */
async function mounted(read: Readers, namespace: string, release: string, policy: RemovalPolicy): Promise<string | undefined> {
  const own = policy.all().find(({ id }) => id === `helm ${namespace}/${release}`);
  if ((await own?.look(read))?.kind === "there") return undefined;
  const pods = await read.kube.list({ apiVersion: "v1", kind: "Pod", namespace });
  const pod = pods.find((one) => mounts(one, name));
  return pod === undefined ? undefined : `pod ${pod.metadata.name} mounts it`;
}

function mounts({ spec }: KubeObject, secret: string): boolean {
  const { volumes = [] } = (spec ?? {}) as { readonly volumes?: readonly { readonly secret?: { readonly secretName?: string } }[] };
  return volumes.some((volume) => volume.secret?.secretName === secret);
}

/** Vault's CA; "later" where Vault, which is not there yet, will have one. */
async function trusted({ where }: Readers): Promise<string | undefined> {
  try {
    return await where.consumerCa();
  } catch (error) {
    if (!(error instanceof NotYet)) throw error;
    return (await where.consumerAddress()).startsWith("https:") ? later : undefined;
  }
}

const later = "later";

const secret = (namespace: string, ca: string): KubeObject =>
  labelled({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "Opaque",
    data: { "ca.crt": Buffer.from(ca).toString("base64") },
  });

function command(context: string, namespace: string): Command {
  const kubectl = `${kubectlIn(context)} -n ${word(namespace)}`;
  const lines = `${kubectl} create secret generic ${name} --from-file=ca.crt="$VAULT_CACERT" --dry-run=client -o yaml |
  kubectl label --local -f - ${ownerLabel}=${owner} -o yaml | ${kubectl} apply --server-side --field-manager=${owner} -f -`;
  return { lines, needs: ["vaultCa"] };
}

/**
 * Values that have kubernetes-external-secrets, a Node program, trust that CA. Node reads the file once, so a hash of it in the pod's
 * annotations makes a new pod of a new CA.
 */
export async function kesTrust(read: Readers): Promise<Readonly<Record<string, Plain>>> {
  const ca = await trusted(read);
  if (ca === undefined || !(await read.where.consumerAddress()).startsWith("https:")) return {};
  return {
    env: { NODE_EXTRA_CA_CERTS: `${folder}/ca.crt` },
    filesFromSecret: { "vault-ca": { secret: name, mountPath: folder } },
    ...(ca !== later && { podAnnotations: { "vault-k8s.io/ca": createHash("sha256").update(ca).digest("hex").slice(0, 40) } }),
  };
}
