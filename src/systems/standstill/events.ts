import { at, text } from "../../core/values.ts";
import { ifSeen } from "../allowed.ts";
import { clean } from "../words.ts";
import type { KubeObject, KubeReader } from "../world.ts";
import { titleOf, type Standstill } from "./pod.ts";

/** Of events no more is asked than this. */
export type Lister = Pick<KubeReader, "list">;

/** An object that was refused, by a quota, Pod Security, a security context constraint or a webhook, is refused again as it is. */
const refused = /^FailedCreate$/;
const forGood = /is forbidden: |denied the request|is invalid|violates PodSecurity/;
/** An account that is made beside the pods is there a moment later. */
const comes = /error looking up service account/;
/** Reasons of a claim that are events of the type Normal: https://kubernetes.io/docs/concepts/storage/persistent-volumes/ */
const unbound = /^(FailedBinding|ProvisioningFailed)$/;

/** An event that is older than a wait by more than this is of what was before it, in milliseconds. */
const oldMs = 15_000;

/**
 * What went wrong with an object as its events say it, the newest first. Who may not read events hears nothing.
 * @param sinceMs since when it was waited for, by the clock of the API server: of what is older it is said how old it is, and it is never final
 */
export async function complaintsOf(kube: Lister, object: KubeObject, sinceMs: number): Promise<Standstill[]> {
  const { kind, metadata } = object;
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${metadata.name}`;
  const found = await ifSeen(
    () => kube.list({ apiVersion: "v1", kind: "Event", namespace: metadata.namespace ?? "default", fieldSelector }),
    () => [],
  );
  return found
    .filter((event) => isOf(event, object) && (event["type"] !== "Normal" || unbound.test(text(event["reason"]) ?? "")))
    .sort((a, b) => timeOf(b) - timeOf(a))
    .map((event) => complaint(event, object, sinceMs));
}

/** An object of that name may have been there before. */
const isOf = (event: KubeObject, { metadata: { uid } }: KubeObject): boolean => {
  const of = text(at(event, "involvedObject", "uid"));
  return of === undefined || uid === undefined || of === uid;
};

function complaint(event: KubeObject, object: KubeObject, sinceMs: number): Standstill {
  const message = clean(text(event["message"]) ?? text(event["reason"]) ?? "");
  const age = sinceMs - timeOf(event);
  const old = age > oldMs;
  const final = refused.test(text(event["reason"]) ?? "") && forGood.test(message) && !comes.test(message);
  return { about: titleOf(object), words: old ? `${message} (${ago(age)} before)` : message, final: final && !old };
}

/** When it was last seen; now where it does not say. */
const timeOf = (event: KubeObject): number => {
  const said =
    text(event["lastTimestamp"]) ??
    text(at(event, "series", "lastObservedTime")) ??
    text(event["eventTime"]) ??
    event.metadata.creationTimestamp;
  return said === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(said);
};

const ago = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);
