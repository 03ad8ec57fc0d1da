import type { KubeObject, Readers } from "../../systems/world.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { ReviewerSpec } from "../../config/spec/wiring.ts";
import { isReady, notLookedAt, readyOf } from "../../consumers/facts/condition.ts";
import { deploymentsOfChart, deploymentsOfRelease, isAvailable } from "../../consumers/facts/deployments.ts";
import { syncedAt } from "../../consumers/facts/synced.ts";
import { operators, releaseOf } from "../../consumers/kinds.ts";
import { secondsSince } from "../../core/duration.ts";
import { at, text } from "../../core/values.ts";
import { reviewerSecret } from "../../doctor/facts/reviewer.ts";
import type { OperatorSurvey, ReviewerSurvey, SecretSurvey, StoreSurvey } from "./schema.ts";

/** The reviewer's token Secret, and how old it is; undefined when there is none. */
export async function surveyReviewer(read: Readers, reviewer: ReviewerSpec, now: Date): Promise<ReviewerSurvey | undefined> {
  const secret = await reviewerSecret(read, reviewer);
  if (secret === undefined) return undefined;
  const created = text(at(secret.metadata, "creationTimestamp"));
  return {
    account: `${reviewer.namespace}/${reviewer.serviceAccount}`,
    secret: secret.metadata.name,
    created,
    ageSeconds: secondsSince(created, now),
  };
}

/** The operator's deployments: those of its release, else those that carry its name in any namespace. */
export async function surveyOperator(read: Readers, consumer: ConsumerSpec): Promise<OperatorSurvey | undefined> {
  const { kind, namespace } = consumer;
  const own = await deploymentsOfRelease(read, { namespace, release: releaseOf(consumer) });
  const found = own.length > 0 ? own : await deploymentsOfChart(read.kube, operators[kind].chart);
  const [first] = found;
  if (first === undefined) return undefined;
  return {
    kind,
    namespace: first.namespace || namespace,
    version: first.version,
    ready: found.every(isAvailable),
    deployments: found
      .map(({ name, available: ready, wanted }) => ({ name, ready, wanted }))
      .sort((one, other) => one.name.localeCompare(other.name)),
  };
}

export interface Synced {
  readonly stores: readonly StoreSurvey[];
  readonly secrets: readonly SecretSurvey[];
}

/** Of one consumer: the stores that log in at the cluster's auth mount, and the ExternalSecrets that use them. */
export async function surveySynced(read: Readers, authMount: string, consumer: ConsumerSpec, now: Date): Promise<Synced> {
  const { stores, externals } = await syncedAt(read, authMount, consumer);
  const secretOf = consumer.kind === "kes" ? kesSecret : esoSecret;
  return { stores: stores.map(storeOf), secrets: externals.map((external) => secretOf(external, now)) };
}

const storeOf = (store: KubeObject): StoreSurvey => ({
  kind: store.kind,
  namespace: store.metadata.namespace,
  name: store.metadata.name,
  ...condition(store),
});

function condition(object: KubeObject): Pick<StoreSurvey, "ready" | "reason" | "message"> {
  const ready = readyOf(object);
  return { ready: isReady(ready), reason: ready === undefined ? notLookedAt : text(ready.reason), message: text(ready?.message) };
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

/** kubernetes-external-secrets writes one word, and the time: its word is the reason. */
function kesSecret(external: KubeObject, now: Date): SecretSurvey {
  const [ready, lastSync] = [readyOf(external), text(at(external["status"], "lastSync"))];
  return {
    namespace: external.metadata.namespace ?? "",
    name: external.metadata.name,
    ready: isReady(ready),
    reason: ready?.message ?? notLookedAt,
    lastSync,
    ageSeconds: secondsSince(lastSync, now),
  };
}
