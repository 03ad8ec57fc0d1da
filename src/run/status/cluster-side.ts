import type { KubeObject, Readers } from "../../systems/world.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { ReviewerSpec } from "../../config/spec/wiring.ts";
import { isReady, notLookedAt } from "../../consumers/facts/condition.ts";
import { deploymentsOfChart, deploymentsOfRelease, isAvailable } from "../../consumers/facts/deployments.ts";
import { syncedAt } from "../../consumers/facts/synced.ts";
import type { ConsumerObjects } from "../../consumers/consumer-objects.ts";
import { kindOf, releaseOf } from "../../consumers/kinds.ts";
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
  const found = own.length > 0 ? own : await deploymentsOfChart(read.kube, kindOf(consumer).install.chart);
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
  const { objects } = kindOf(consumer);
  if (objects === undefined) return { stores: [], secrets: [] };
  const { stores, externals } = await syncedAt(read, authMount, consumer);
  return {
    stores: stores.map((store) => storeOf(objects, store)),
    secrets: externals.map((external) => secretOf(objects, external, now)),
  };
}

const storeOf = (objects: ConsumerObjects, store: KubeObject): StoreSurvey => ({
  kind: store.kind,
  namespace: store.metadata.namespace,
  name: store.metadata.name,
  ...condition(objects, store),
});

/** Where only one thing is said, it is the reason. */
function condition(objects: ConsumerObjects, object: KubeObject): Pick<StoreSurvey, "ready" | "reason" | "message"> {
  const ready = objects.readyOf(object);
  if (ready === undefined) return { ready: false, reason: notLookedAt, message: undefined };
  const [reason, message] = [ready.reason, ready.message].filter((said) => said !== "");
  return { ready: isReady(ready), reason, message };
}

function secretOf(objects: ConsumerObjects, external: KubeObject, now: Date): SecretSurvey {
  const lastSync = objects.lastSync(external);
  return {
    namespace: external.metadata.namespace ?? "",
    name: external.metadata.name,
    store: text(objects.storeOf(external)?.name),
    ...condition(objects, external),
    lastSync,
    ageSeconds: secondsSince(lastSync, now),
  };
}
