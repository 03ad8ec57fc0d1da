import { at, list, number, text } from "../../core/values.ts";
import type { KubeObject } from "../world.ts";
import { clean } from "../words.ts";

/** Why something does not come up. */
export interface Standstill {
  /** Of what it is said, e.g. "Pod vault/vault-0". */
  readonly about: string;
  readonly words: string;
  /** Waiting does not mend it: somebody has to change something. */
  readonly final: boolean;
}

/** Reasons of a waiting container that waiting does not mend. An image that could not be pulled once is pulled again, and then backs off. */
const final =
  /^(InvalidImageName|ErrImageNeverPull|ImagePullBackOff|ImageInspectError|CreateContainerConfigError|CreateContainerError|RunContainerError|StartError)$/;
/** What every container goes through. */
const underWay = /^(ContainerCreating|PodInitializing)$/;
/** So many ends of a container in a row are no accident. */
const manyEnds = 3;

/** "Kind namespace/name". */
export const titleOf = ({ kind, metadata: { name, namespace } }: KubeObject): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

/**
 * What a pod's own status says of why it does not run: its containers, also those that initialise it, and its place.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
export function standstillsOf(pod: KubeObject): Standstill[] {
  const status = pod["status"];
  const about = titleOf(pod);
  const containers = [...list(at(status, "initContainerStatuses")), ...list(at(status, "containerStatuses"))];
  const named = containers.length > 1;
  const said = containers.flatMap((one) => {
    const found = ofContainer(one);
    const name = text(at(one, "name"));
    return found === undefined
      ? []
      : [{ about, ...found, words: named && name !== undefined ? `container ${name}: ${found.words}` : found.words }];
  });
  return [...said, ...ofPhase(status).map((one) => ({ about, ...one }))];
}

type Said = Omit<Standstill, "about">;

function ofContainer(container: unknown): Said | undefined {
  const waiting = at(container, "state", "waiting");
  const reason = text(at(waiting, "reason"));
  const ended = endOf(at(container, "state", "terminated")) ?? endOf(at(container, "lastState", "terminated"));
  if (reason === undefined)
    return at(container, "state", "running") === undefined && ended !== undefined ? { words: ended, final: false } : undefined;
  if (underWay.test(reason)) return ended === undefined ? undefined : { words: ended, final: false };
  const words = [
    `${reason}: ${clean(text(at(waiting, "message")) ?? "")}`.replace(/: $/, ""),
    ...(ended === undefined ? [] : [ended]),
  ].join("; ");
  return {
    words,
    final: final.test(reason) || (reason === "CrashLoopBackOff" && (number(at(container, "restartCount")) ?? 0) >= manyEnds),
  };
}

/** How a container ended that should not have; undefined where it did not, or well. */
function endOf(terminated: unknown): string | undefined {
  const code = number(at(terminated, "exitCode"));
  if (code === undefined || code === 0) return undefined;
  const [reason, message] = [text(at(terminated, "reason")), text(at(terminated, "message"))];
  return `it ended with exit code ${code}${reason === undefined ? "" : ` (${clean(reason)})`}${message === undefined ? "" : `: ${clean(message)}`}`;
}

/** A pod that was evicted or refused by its node, and one that no node takes; more nodes may come. */
function ofPhase(status: unknown): Said[] {
  const failed =
    at(status, "phase") === "Failed" ? `${text(at(status, "reason")) ?? "it failed"}: ${text(at(status, "message")) ?? ""}` : undefined;
  const place = list(at(status, "conditions")).find((one) => at(one, "type") === "PodScheduled" && at(one, "status") === "False");
  const unplaced = place === undefined ? undefined : (text(at(place, "message")) ?? text(at(place, "reason")) ?? "it cannot be scheduled");
  return [failed, unplaced].flatMap((words) => (words === undefined ? [] : [{ words: clean(words).replace(/:$/, ""), final: false }]));
}
