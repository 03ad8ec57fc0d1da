import { untilSettled } from "../../core/settle.ts";
import { at, list, number, text } from "../../core/values.ts";
import { standstillsOf } from "../standstill/pod.ts";
import { whyPod } from "../standstill/why.ts";
import { listObjects } from "./list.ts";
import type { KubeObject, PodOutcome } from "../world.ts";
import { collectionPath, objectPath } from "./kinds.ts";
import type { KubeWire } from "./wire.ts";

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
    const look = async () => wire.object({ ...act, verb: "get" }, await wire.send({ ...act, verb: "get" }, { method: "GET", path }));
    const last = await untilSettled(look, (found) => outcomeOf(found) !== undefined, { withinMs, everyMs: 300 });
    return outcomeOf(last) ?? { message: await whyLate(wire, last) };
  } finally {
    await wire.send({ ...act, verb: "delete" }, { method: "DELETE", path, query: { gracePeriodSeconds: "0" }, always: true });
  }
}

/** Undefined while it is not decided. A proof is begun again by hand, so that nothing of what does not start is waited for. */
function outcomeOf(pod: KubeObject): PodOutcome | undefined {
  const own = text(at(list(at(pod["spec"], "containers"))[0], "name"));
  const containers = list(at(pod["status"], "containerStatuses"));
  // A mesh may have put its own beside it.
  const ended = at(containers.find((one) => at(one, "name") === own) ?? containers[0], "state", "terminated");
  const exitCode = number(at(ended, "exitCode"));
  if (exitCode !== undefined) return { exitCode, message: (text(at(ended, "message")) ?? text(at(ended, "reason")) ?? "").trim() };
  const [first] = standstillsOf(pod);
  return first === undefined ? undefined : { message: first.words };
}

/** What its events say of a pod that did not come to its end, such as a volume that cannot be mounted. */
async function whyLate(wire: KubeWire, pod: KubeObject): Promise<string> {
  const [first] = await whyPod({ list: (what) => listObjects(wire, what) }, { ...pod, apiVersion: "v1", kind: "Pod" }, 0);
  return ["it did not come to an end in time", ...(first === undefined ? [] : [first.words])].join(": ");
}
