import type { Command, Say } from "../core/resource.ts";
import { word } from "../core/shell.ts";
import { untilSettled } from "../core/settle.ts";
import { failure, kinds } from "../errors.ts";
import { ifAllowed } from "../systems/allowed.ts";
import type { Readers } from "../systems/world.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { applyCommand } from "../kubernetes/object.ts";
import { onObject, type KubeNeed } from "../systems/need.ts";
import { deploymentsOfChart, deploymentsOfRelease, isAvailable } from "./facts/deployments.ts";
import type { Consumer } from "./consumer.ts";
import { definitionOf, versionThere } from "./facts/served.ts";

export interface OperatorPlace {
  readonly namespace: string;
  readonly release: string;
}

/** What looking whether an operator is there, and up, needs: one in any namespace counts. */
export const operatorNeeds = ({ objects, install: { webhookProbe: probe } }: Consumer): KubeNeed[] => [
  ...(objects === undefined ? [] : onObject(definitionOf(objects), ["get"])),
  ...onObject({ apiVersion: "apps/v1", kind: "Deployment" }, ["list"]),
  ...(probe === undefined ? [] : onObject({ ...probe, name: probe.metadata.name }, ["create", "patch"])),
];

/** Whether somebody runs an operator of this chart in any namespace; who may not look there is told that one does. */
export const operatorRuns = ({ kube }: Readers, chart: string): Promise<boolean> =>
  ifAllowed(
    async () => (await deploymentsOfChart(kube, chart)).length > 0,
    () => true,
  );

/** Whether every deployment of the operator is available. */
export async function deploymentsReady(read: Readers, place: OperatorPlace): Promise<boolean> {
  const found = await deploymentsOfRelease(read, place);
  return found.length > 0 && found.every(isAvailable);
}

/** Waits for the operator's deployments. Throws VK1010 naming those that are not available. */
export async function waitForOperator(read: Readers, place: OperatorPlace, withinMs: number, say: Say): Promise<void> {
  let said = "";
  const found = await untilSettled(
    () => deploymentsOfRelease(read, place),
    (all) => {
      const line = `${all.filter(isAvailable).length} of ${all.length} deployments of ${place.release} are available`;
      if (line !== said) say((said = line));
      return all.length > 0 && all.every(isAvailable);
    },
    { withinMs },
  );
  const late = found.filter((deployment) => !isAvailable(deployment));
  if (found.length > 0 && late.length === 0) return;
  throw failure(kinds.timedOut, {
    what: `The operator in namespace ${place.namespace} is not available`,
    why: late.map(({ name }) => name).join(", ") || "It has no deployments.",
    fix: `${kubectl(read.kube, `get pods -n ${place.namespace}`)}; ${kubectl(read.kube, `describe deployment -n ${place.namespace}`)}`,
  });
}

/** Waits in a shell for the deployments, and for the webhook where the operator has one. */
export async function waitForOperatorCommand(
  read: Readers,
  { objects, install: { webhookProbe } }: Consumer,
  { namespace, release }: OperatorPlace,
  seconds: number,
): Promise<Command> {
  const { context } = read.kube;
  const rollout = `kubectl --context ${word(context)} -n ${word(namespace)} rollout status deployment -l app.kubernetes.io/instance=${word(release)} --timeout=${seconds}s`;
  if (webhookProbe === undefined) return { lines: rollout };
  const apiVersion = (objects && (await versionThere(read, objects))) ?? webhookProbe.apiVersion;
  const { lines } = applyCommand({ ...webhookProbe, apiVersion }, context, "--dry-run=server", " > /dev/null 2>&1");
  return { lines: `${rollout}\nwebhook_serves() {\n${lines}\n}\nwithin ${seconds} webhook_serves`, needs: ["within"] };
}
