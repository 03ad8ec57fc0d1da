import { isRecord } from "../../core/compare.ts";
import type { HttpAnswer } from "../http/http.ts";

interface Cause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** An API server's own report of a failure, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/. */
export interface KubeStatus {
  readonly kind: "Status";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly Cause[];
  };
}

/** The Status in an answer, if there is one. */
export function statusOf(answer: HttpAnswer): KubeStatus | undefined {
  const json = answer.json;
  return isRecord(json) && json["kind"] === "Status"
    ? { kind: "Status", ...texts(json, ["message", "reason"]), ...detailsIn(json["details"]) }
    : undefined;
}

/** Only what is text counts: what sends it may be anything. */
const texts = (from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [name, from[name]] as const).filter((field): field is [string, string] => typeof field[1] === "string"),
  );

function detailsIn(details: unknown): Pick<KubeStatus, "details"> {
  if (!isRecord(details)) return {};
  const causes: unknown = details["causes"];
  const list = Array.isArray(causes)
    ? { causes: causes.filter(isRecord).map((cause) => texts(cause, ["reason", "message", "field"])) }
    : {};
  return { details: { ...texts(details, ["name", "kind"]), ...list } };
}

/** Whether a 404 means that the kind itself is not served, not that the one object is missing. */
export const kindIsNotServed = (answer: HttpAnswer): boolean => answer.status === 404 && (statusOf(answer)?.details?.name ?? "") === "";

/** Whether an admission webhook could not be called. */
export const webhookFails = (answer: HttpAnswer): boolean =>
  answer.status === 500 && /failed calling webhook/.test(statusOf(answer)?.message ?? "");

/** Who manages the fields of a refused server-side apply; empty for any other answer. */
export function otherManagers(status: KubeStatus | undefined): string[] {
  const conflicts = (status?.details?.causes ?? []).filter(({ reason }) => reason === "FieldManagerConflict");
  return [...new Set(conflicts.map(({ message }) => /conflict with "([^"]+)"/.exec(message ?? "")?.[1] ?? "another manager"))];
}

/**
 * Whether a server-side apply met only what people changed with kubectl edit, patch and the like. `kubectl` and
 * `kubectl-client-side-apply` come from files that somebody keeps, so they do not count.
 */
export function changedByHand(answer: HttpAnswer): boolean {
  if (answer.status !== 409) return false;
  const managers = otherManagers(statusOf(answer));
  return managers.length > 0 && managers.every((name) => /^kubectl-(?!client-side-apply$|last-applied$)/.test(name));
}
