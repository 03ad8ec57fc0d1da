import type { KubeObject, KubeReader, Readers } from "../../systems/world.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { ReviewerSpec } from "../../config/spec/wiring.ts";
import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import { crdFor } from "../../consumers/operator-ready.ts";
import { tokenSecretRef } from "../../wiring/reviewer/token.ts";
import { esoApiVersion } from "../../consumers/eso/version.ts";
import { operators, releaseOf } from "../../consumers/kinds.ts";
import type { OperatorSurvey, ReviewerSurvey, SecretSurvey, StoreSurvey } from "./schema.ts";
import { at, list, number, secondsSince, text } from "./values.ts";

/** The reviewer's token Secret, and how old it is; undefined when there is none. */
export async function surveyReviewer({ kube }: Readers, reviewer: ReviewerSpec, now: Date): Promise<ReviewerSurvey | undefined> {
  const ref = tokenSecretRef(reviewer);
  const secret = await kube.get(ref);
  if (secret === undefined) return undefined;
  const created = text(at(secret.metadata, "creationTimestamp"));
  return { account: `${reviewer.namespace}/${reviewer.serviceAccount}`, secret: ref.name, created, ageSeconds: secondsSince(created, now) };
}

/** The operator's deployments: those of its release, else those that carry its name in any namespace. */
export async function surveyOperator({ kube }: Readers, consumer: ConsumerSpec): Promise<OperatorSurvey | undefined> {
  const { kind, namespace } = consumer;
  const deployments = (labelSelector: string, where?: string): Promise<KubeObject[]> =>
    kube.list({ apiVersion: "apps/v1", kind: "Deployment", namespace: where, labelSelector });
  const own = await deployments(`app.kubernetes.io/instance=${releaseOf(consumer)}`, namespace);
  const found = own.length > 0 ? own : await deployments(`app.kubernetes.io/name=${operators[kind].chart}`);
  const [first] = found;
  if (first === undefined) return undefined;
  const rows = found.map((deployment) => ({
    name: deployment.metadata.name,
    ready: number(at(deployment["status"], "availableReplicas")) ?? 0,
    wanted: number(at(deployment["spec"], "replicas")) ?? 1,
  }));
  return {
    kind,
    namespace: first.metadata.namespace ?? namespace,
    version: versionOf(first),
    ready: rows.every(({ ready, wanted }) => ready >= wanted),
    deployments: rows.sort((one, other) => one.name.localeCompare(other.name)),
  };
}

/** What the chart's label says, else the tag of the image. */
function versionOf(deployment: KubeObject): string | undefined {
  const image = text(at(list(at(deployment["spec"], "template", "spec", "containers"))[0], "image"));
  return text(deployment.metadata.labels?.["app.kubernetes.io/version"]) ?? /:([\w.-]+)$/.exec(image ?? "")?.[1];
}

export interface Synced {
  readonly stores: readonly StoreSurvey[];
  readonly secrets: readonly SecretSurvey[];
}

/** Of one consumer: the stores that log in at the cluster's auth mount, and the ExternalSecrets that use them. */
export async function surveySynced(read: Readers, authMount: string, consumer: ConsumerSpec, now: Date): Promise<Synced> {
  const { kind, applicationNamespace: namespace } = consumer;
  if ((await read.kube.get(crdFor(kind)).catch(allowed)) === undefined) return { stores: [], secrets: [] };
  const of = { authMount, namespace, now };
  return kind === "kes" ? { stores: [], secrets: await kesSecrets(read, of) } : await esoSynced(read, of);
}

/** Someone who may not read CustomResourceDefinitions may still list what they define. */
function allowed(error: unknown): "unknown" {
  if (error instanceof CliError && error.kind === kinds.kubeForbidden) return "unknown";
  throw error;
}

interface Of {
  readonly authMount: string;
  /** The application's. */
  readonly namespace: string;
  readonly now: Date;
}

async function esoSynced(read: Readers, { authMount, namespace, now }: Of): Promise<Synced> {
  const apiVersion = await esoApiVersion(read);
  const all = (kind: string): Promise<KubeObject[]> => everywhere(read.kube, { apiVersion, kind }, namespace);
  const [clusterStores, stores, externals] = await Promise.all([
    read.kube.list({ apiVersion, kind: "ClusterSecretStore" }),
    all("SecretStore"),
    all("ExternalSecret"),
  ]);
  const ours = [...clusterStores, ...stores].filter(
    (store) => at(store["spec"], "provider", "vault", "auth", "kubernetes", "mountPath") === authMount,
  );
  return {
    stores: ours.map((store) => ({
      kind: store.kind,
      namespace: store.metadata.namespace,
      name: store.metadata.name,
      ...condition(store),
    })),
    secrets: externals.filter((external) => ours.some((store) => uses(external, store))).map((external) => esoSecret(external, now)),
  };
}

/** Of all namespaces; where that is not allowed, of the application's. */
async function everywhere(kube: KubeReader, what: { apiVersion: string; kind: string }, namespace: string): Promise<KubeObject[]> {
  return await kube.list(what).catch((error: unknown) => {
    if (error instanceof CliError && error.kind === kinds.kubeForbidden) return kube.list({ ...what, namespace });
    throw error;
  });
}

function uses(external: KubeObject, store: KubeObject): boolean {
  const ref = at(external["spec"], "secretStoreRef");
  const kind = text(at(ref, "kind")) ?? "SecretStore";
  const near = store.metadata.namespace === undefined || store.metadata.namespace === external.metadata.namespace;
  return near && kind === store.kind && at(ref, "name") === store.metadata.name;
}

function condition(object: KubeObject): Pick<StoreSurvey, "ready" | "reason" | "message"> {
  const ready = list(at(object["status"], "conditions")).find((one) => at(one, "type") === "Ready");
  return {
    ready: at(ready, "status") === "True",
    reason: text(at(ready, "reason")) ?? (ready === undefined ? "the operator has not looked at it" : undefined),
    message: text(at(ready, "message")),
  };
}

function esoSecret(external: KubeObject, now: Date): SecretSurvey {
  const lastSync = text(at(external["status"], "refreshTime"));
  return {
    namespace: external.metadata.namespace ?? "",
    name: external.metadata.name,
    store: text(at(external["spec"], "secretStoreRef", "name")),
    ...condition(external),
    lastSync,
    ageSeconds: secondsSince(lastSync, now),
  };
}

/** kubernetes-external-secrets writes one word, SUCCESS or "ERROR, …", and the time. */
async function kesSecrets(read: Readers, { authMount, namespace, now }: Of): Promise<SecretSurvey[]> {
  const all = await everywhere(read.kube, { apiVersion: "kubernetes-client.io/v1", kind: "ExternalSecret" }, namespace);
  return all
    .filter((external) => at(external["spec"], "vaultMountPoint") === authMount)
    .map((external) => {
      const [said, lastSync] = [text(at(external["status"], "status")), text(at(external["status"], "lastSync"))];
      return {
        namespace: external.metadata.namespace ?? "",
        name: external.metadata.name,
        ready: said === "SUCCESS",
        reason: said ?? "the operator has not looked at it",
        lastSync,
        ageSeconds: secondsSince(lastSync, now),
      };
    });
}
