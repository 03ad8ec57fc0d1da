import type { KubeReader } from "../world.ts";
import type { KubeAct } from "./failures.ts";
import type { KubeWire } from "./wire.ts";
import { refused } from "./failures.ts";
import { objectPath } from "./kinds.ts";

/** More of one log is not read, in bytes. */
const most = 1024 * 1024;

/** The end of a container's log. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ "read log" */
export async function podLog(wire: KubeWire, { namespace, name, container, lines }: Parameters<KubeReader["podLog"]>[0]): Promise<string> {
  const act: KubeAct = { verb: "get", resource: "pods/log", name, namespace };
  const path = `${objectPath({ apiVersion: "v1", kind: "Pod", name, namespace })}/log`;
  const answer = await wire.send(act, { method: "GET", path, query: { container, tailLines: String(lines), limitBytes: String(most) } });
  if (answer.status !== 200) throw refused(act, wire, answer);
  return answer.body;
}
