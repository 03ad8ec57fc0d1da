import type { HttpAnswer } from "../http.ts";

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
    readonly retryAfterSeconds?: number;
  };
}

/** The Status in an answer, if there is one. */
export function statusOf(answer: HttpAnswer): KubeStatus | undefined {
  const json = answer.json as Partial<KubeStatus> | null | undefined;
  return json !== null && typeof json === "object" && json.kind === "Status" ? (json as KubeStatus) : undefined;
}

/** Whether a 404 means that the kind itself is not served, not that the one object is missing. */
export const kindIsNotServed = (answer: HttpAnswer): boolean => answer.status === 404 && (statusOf(answer)?.details?.name ?? "") === "";

/** Whether an admission webhook could not be called. */
export const webhookFails = (answer: HttpAnswer): boolean =>
  answer.status === 500 && /failed calling webhook/.test(statusOf(answer)?.message ?? "");
