import { at, list, text } from "../../core/values.ts";
import type { KubeObject } from "../../systems/world.ts";
import type { Condition } from "../diagnosis/operator-facts.ts";

/**
 * The condition "Ready" of an object; undefined where it has none.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */
export function readyCondition({ status }: KubeObject): Condition | undefined {
  const ready = list(at(status, "conditions")).find((one) => at(one, "type") === "Ready");
  const said = (name: string): string => text(at(ready, name)) ?? "";
  return ready === undefined ? undefined : { status: said("status"), reason: said("reason"), message: said("message") };
}

export const isReady = (ready: Condition | undefined): boolean => ready?.status === "True";

/** Instead of a condition that is not there. */
export const notLookedAt = "the operator has not looked at it";

/** Why it is not ready, in the operator's words. */
export const whyNotReady = (ready: Condition | undefined): string =>
  ready === undefined ? notLookedAt : `${ready.reason} ${ready.message}`.trim();
