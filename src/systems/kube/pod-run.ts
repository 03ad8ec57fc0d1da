import { untilSettled } from "../../core/settle.ts";
import { clean } from "../words.ts";
import type { KubeObject, PodOutcome } from "../world.ts";
import { collectionPath, objectPath } from "./kinds.ts";
import type { KubeWire } from "./wire.ts";

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode: number; readonly message?: string; readonly reason?: string };
}

interface PodShape {
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly containerStatuses?: readonly { readonly state?: ContainerState }[];
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** Reasons of a waiting container that waiting does not mend. */
const stuck = /^(ErrImage|ImagePull|InvalidImage|CreateContainer|RunContainer|ErrImageNeverPull)/;

/**
 * Makes a pod, waits for its end, and takes it away: also where the wait failed or the run was interrupted. The pod itself says how long
 * it may live (`activeDeadlineSeconds`), for the case that this process is killed.
 */
export async function runPod(wire: KubeWire, pod: KubeObject, withinMs: number): Promise<PodOutcome> {
  const {
    apiVersion,
    kind,
    metadata: { name, namespace },
  } = pod;
  const act = { verb: "create", resource: "pods", name, namespace };
  const path = objectPath({ apiVersion, kind, name, namespace });
  try {
    // Not cut off by an interruption: a pod that is made after it was asked to go would stay.
    wire.object(
      act,
      await wire.send(act, { method: "POST", path: collectionPath({ apiVersion, kind, namespace }), body: pod, always: true }),
    );
    const look = async () =>
      outcomeOf(wire.object({ ...act, verb: "get" }, await wire.send({ ...act, verb: "get" }, { method: "GET", path })));
    return (
      (await untilSettled(look, (outcome) => outcome !== undefined, { withinMs, everyMs: 300 })) ?? {
        message: "it did not come to an end in time",
      }
    );
  } finally {
    await wire.send({ ...act, verb: "delete" }, { method: "DELETE", path, query: { gracePeriodSeconds: "0" }, always: true });
  }
}

/** Undefined while it is not decided. */
function outcomeOf(pod: KubeObject): PodOutcome | undefined {
  const { status = {} } = pod as PodShape;
  const state = status.containerStatuses?.[0]?.state;
  if (state?.terminated !== undefined)
    return { exitCode: state.terminated.exitCode, message: (state.terminated.message ?? state.terminated.reason ?? "").trim() };
  if (stuck.test(state?.waiting?.reason ?? ""))
    return { message: clean(`${state?.waiting?.reason ?? ""}: ${state?.waiting?.message ?? ""}`) };
  if (status.phase === "Failed") return { message: clean(`${status.reason ?? ""} ${status.message ?? ""}`) };
  const unscheduled = status.conditions?.find(
    (one) => one.type === "PodScheduled" && one.status === "False" && one.reason === "Unschedulable",
  );
  return unscheduled === undefined ? undefined : { message: clean(unscheduled.message ?? "it cannot be scheduled") };
}
