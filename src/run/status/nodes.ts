import type { KubeObject, NodesReader, VaultNode } from "../../systems/world.ts";
import { oldPods, type ReleasePods } from "../../systems/vault-pods.ts";
import { isKnown } from "../../core/fact.ts";
import { nodeSeen, type NodeSeen } from "../../doctor/facts/nodes.ts";
import type { Answering } from "../../vault/nodes/states.ts";
import type { Certificate, NodeSurvey } from "./schema.ts";
import { daysUntil } from "../../core/duration.ts";
import { at, list, number, text } from "../../core/values.ts";

/** Every Vault node as it answers, with its pod where it has one. */
export async function surveyNodes(
  reader: NodesReader,
  pods: () => Promise<Pick<ReleasePods, "set" | "pods">>,
  now: Date,
): Promise<NodeSurvey[]> {
  const [nodes, found] = await Promise.all([reader.nodes(), pods()]);
  const old = new Set(oldPods(found));
  return await Promise.all(
    nodes.map(async (node) => {
      const [seen, certificate] = await Promise.all([nodeSeen(reader, node), certificateOf(reader, node, now)]);
      const pod = found.pods.find((object) => object.metadata.name === node.name);
      return {
        name: node.name,
        ...stateIn(seen),
        ...(pod === undefined ? {} : { pod: { ...podOf(pod, node), ...(old.has(node.name) && { earlierRevision: true as const }) } }),
        ...certificate,
      };
    }),
  );
}

type State = Pick<NodeSurvey, "state" | "version" | "detail" | "seal">;

function stateIn({ state: found, role }: NodeSeen): State {
  if (found.state === "unreachable") return { state: found.state, detail: found.why };
  const { version, type: seal } = found.seal;
  if (found.state === "unsealed") return { version, seal, ...inRole(role) };
  return { version, seal, state: found.state, detail: closedDetail(found) };
}

function closedDetail({ state, seal }: Answering): string | undefined {
  if (state === "removed") return "it was removed from the cluster; without its volume it joins anew";
  if (state !== "sealed") return undefined;
  if (seal.recovery_seal === true) return `it unseals itself with ${seal.type}`;
  return seal.progress > 0 ? `${seal.progress} of ${seal.t} keys given` : `${seal.t} of ${seal.n} keys needed`;
}

const inRole = (role: NodeSeen["role"]): Pick<State, "state" | "detail"> =>
  role !== undefined && !isKnown(role)
    ? { state: "unreachable", detail: role.error?.message ?? role.unknown }
    : { state: role?.value ?? "standby" };

function podOf(pod: KubeObject, { phase }: VaultNode): NonNullable<NodeSurvey["pod"]> {
  const restarts = list(at(pod["status"], "containerStatuses")).reduce<number>(
    (sum, one) => sum + (number(at(one, "restartCount")) ?? 0),
    0,
  );
  return { phase, restarts, node: text(at(pod["spec"], "nodeName")), created: text(at(pod.metadata, "creationTimestamp")) };
}

async function certificateOf(reader: NodesReader, node: VaultNode, now: Date): Promise<{ certificate?: Certificate }> {
  const found = node.phase === "Running" ? await reader.certificate(node) : undefined;
  if (found === undefined) return {};
  const { subject, issuer, notAfter } = found;
  return { certificate: { subject, issuer, notAfter: notAfter.toISOString(), daysLeft: daysUntil(notAfter, now) } };
}
