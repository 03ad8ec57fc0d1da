import type { ClusterEvent, Observer } from "../../run/observer.ts";
import type { Known } from "../report/record.ts";

type Seen = Pick<Known, "context" | "server" | "requests" | "resources">;

/** Keeps of what a run says no more than its record needs: there may be a thousand of them. */
export function watched(also?: Observer): { readonly observer: Observer; readonly known: () => Seen } {
  let where: Pick<Seen, "context" | "server"> = {};
  let requests = 0;
  const resources: { id: string; result: string }[] = [];
  const observer = (event: ClusterEvent): void => {
    if (event.type === "target") where = { context: event.context, server: event.server };
    if (event.type === "request") requests += 1;
    if (event.type === "resource" && event.result !== "unchanged") resources.push({ id: event.id, result: event.result });
    also?.(event);
  };
  return { observer, known: () => ({ ...where, requests, resources }) };
}
