import type { KubeObject, Readers } from "../../systems/world.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { isOurs, owner, ownerLabel } from "../../kubernetes/ownership.ts";
import { gone, stays, untilGone, type Leaving, type Look } from "./absent.ts";
import { madeByOperator, secretsVersion } from "./external-secrets.ts";
import { deleteCommand } from "./object.ts";

export interface NamespaceLeaving {
  readonly name: string;
  /** The release in it that goes too. */
  readonly release?: string | undefined;
  /** What else goes; where one of them stays, so does the namespace. */
  readonly rest: readonly Look[];
  /** Secrets that ExternalSecrets made count as somebody's. */
  readonly keepSecrets: boolean;
  readonly withinMs: number;
}

/** A namespace that we made, where nothing is left in it that is not ours. One that somebody else made stays. */
export function leavingNamespace(leaving: NamespaceLeaving): Leaving {
  const ref = { apiVersion: "v1", kind: "Namespace", name: leaving.name };
  return {
    id: `kubernetes Namespace ${leaving.name}`,
    look: async (read) => {
      const found = await read.kube.get(ref);
      if (found === undefined) return gone();
      if (!isOurs(found)) return stays("somebody else made it");
      const standings = await Promise.all(leaving.rest.map((look) => look(read)));
      if (standings.some(({ kind }) => kind === "stays")) return stays("what is in it stays");
      const others = await othersIn(read, leaving);
      return others.length === 0 ? { kind: "there" } : stays(`it holds ${others.slice(0, 3).join(", ")}${others.length > 3 ? ", …" : ""}`);
    },
    remove: async (write, say) => {
      await write.kube.remove(ref);
      say(`waiting until namespace ${leaving.name} is gone`);
      await untilGone(
        async () => ((await write.kube.get(ref)) === undefined ? [] : [`namespace ${leaving.name}`]),
        leaving.withinMs,
        `${kubectl(write.kube, `get namespace ${leaving.name} -o yaml`)} tells in its conditions what is left.`,
      );
    },
    command: ({ kube }) => deleteCommand(kube.context, ref),
  };
}

const looked: readonly { readonly apiVersion: string; readonly kind: string }[] = [
  ...["Pod", "PersistentVolumeClaim", "Secret", "ConfigMap", "Service", "ServiceAccount"].map((kind) => ({ apiVersion: "v1", kind })),
  ...["StatefulSet", "Deployment", "DaemonSet"].map((kind) => ({ apiVersion: "apps/v1", kind })),
  ...["Job", "CronJob"].map((kind) => ({ apiVersion: "batch/v1", kind })),
  ...["Role", "RoleBinding"].map((kind) => ({ apiVersion: "rbac.authorization.k8s.io/v1", kind })),
  { apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
];

async function othersIn(read: Readers, { name: namespace, release, keepSecrets }: NamespaceLeaving): Promise<string[]> {
  const eso = await secretsVersion(read, "eso");
  const kinds = [...looked, ...(eso === undefined ? [] : ["ExternalSecret", "SecretStore"].map((kind) => ({ apiVersion: eso, kind })))];
  const all = (await Promise.all(kinds.map((kind) => read.kube.list({ ...kind, namespace })))).flat();
  return all
    .filter((object) =>
      madeByOperator(object) ? keepSecrets : !(everywhere(object) || isOurs(object) || ofRelease(object, release) || owned(object)),
    )
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

/** What Kubernetes, or a mesh, puts into every namespace. */
const everywhere = ({ kind, metadata: { name } }: KubeObject): boolean =>
  (kind === "ServiceAccount" && name === "default") ||
  (kind === "ConfigMap" && /^(kube-root-ca|openshift-service-ca)\.crt$|^istio-ca-root-cert$/.test(name));

function ofRelease({ kind, metadata: { labels = {}, annotations = {} } }: KubeObject, release: string | undefined): boolean {
  if (release === undefined) return false;
  const claim = kind === "PersistentVolumeClaim" && labels["app.kubernetes.io/instance"] === release;
  const record = labels["owner"] === "helm" && labels["name"] === release && labels[ownerLabel] === owner;
  return claim || record || annotations["meta.helm.sh/release-name"] === release;
}

/** It goes with its owner. */
const owned = ({ metadata: { ownerReferences = [] } }: KubeObject): boolean => ownerReferences.length > 0;
