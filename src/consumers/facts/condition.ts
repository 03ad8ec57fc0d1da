import { at, list, text } from "../../core/values.ts";
import type { KubeObject } from "../../systems/world.ts";
import type { Condition } from "../diagnosis/operator-facts.ts";

/**
 * What the operator says of a store or an ExternalSecret; undefined where it has not looked at it. kes has no conditions: its status is
 * SUCCESS, or ERROR and the words.
 */
export function readyOf({ status }: KubeObject): Condition | undefined {
  const ready = list(at(status, "conditions")).find((one) => at(one, "type") === "Ready");
  const said = (name: string): string => text(at(ready, name)) ?? "";
  if (ready !== undefined) return { status: said("status"), reason: said("reason"), message: said("message") };
  const word = text(at(status, "status"));
  return word === undefined ? undefined : { status: word === "SUCCESS" ? "True" : "False", reason: "", message: word };
}

export const isReady = (ready: Condition | undefined): boolean => ready?.status === "True";

/** Instead of a condition that is not there. */
export const notLookedAt = "the operator has not looked at it";

/** Why it is not ready, in the operator's words. */
export const whyNotReady = (ready: Condition | undefined): string =>
  ready === undefined ? notLookedAt : `${ready.reason} ${ready.message}`.trim();
