import type { Command, Say } from "../core/resource.ts";
import { word } from "../core/shell.ts";
import type { CliError } from "../core/errors.ts";
import { untilUp, type Coming } from "../kubernetes/until-up.ts";
import { fixOf, type Changeable } from "../systems/standstill/fix.ts";
import type { Standstill } from "../systems/standstill/pod.ts";
import { standingOf, whyNotUp } from "../systems/standstill/why.ts";
import { failure, kinds } from "../errors.ts";
import { ifAllowed } from "../systems/allowed.ts";
import type { Readers } from "../systems/world.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { applyCommand } from "../kubernetes/object.ts";
import { onObject, type KubeNeed } from "../systems/need.ts";
import { deploymentsOfChart, deploymentsOfRelease, isAvailable, type OperatorDeployment } from "./facts/deployments.ts";
import type { Consumer } from "./consumer.ts";
import { definitionOf, versionThere } from "./facts/served.ts";
import { kubectlIn } from "../systems/kubectl.ts";

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

/**
 * Waits for the operator's deployments. Throws VK1110 with the reason, as soon as waiting does not mend it; VK1010 naming those that are not
 * available where nobody says why.
 */
export async function waitForOperator(read: Readers, place: OperatorPlace, withinMs: number, say: Say): Promise<void> {
  const { namespace, release } = place;
  const coming: Coming<OperatorDeployment[]> = {
    look: () => deploymentsOfRelease(read, place),
    isUp: (all) => all.length > 0 && all.every(isAvailable),
    line: (all) => `${all.filter(isAvailable).length} of ${all.length} deployments of ${release} are available`,
    why: (all, sinceMs) => whyLate(read, place, lateOf(all), sinceMs),
  };
  const { found, up, why } = await untilUp(read.kube, coming, { withinMs, say });
  if (!up) throw notAvailable(read, namespace, lateOf(found), why);
}

const lateOf = (all: readonly OperatorDeployment[]): OperatorDeployment[] => all.filter((deployment) => !isAvailable(deployment));

/** What is there of a chart bears the release's label, also what its controllers make. */
async function whyLate(
  { kube }: Readers,
  place: OperatorPlace,
  late: readonly OperatorDeployment[],
  sinceMs: number,
): Promise<Standstill[]> {
  const where = { namespace: place.namespace, labelSelector: `app.kubernetes.io/instance=${place.release}` };
  const names = new Set(late.map(({ name }) => name));
  return whyNotUp(kube, await standingOf(kube, ({ metadata }) => names.has(metadata.name), where), sinceMs);
}

function notAvailable({ kube }: Readers, namespace: string, late: readonly OperatorDeployment[], all: readonly Standstill[]): CliError {
  const [what, names] = [`The operator in namespace ${namespace} is not available`, late.map(({ name }) => name).join(", ")];
  const look = `${kubectl(kube, `get pods -n ${namespace}`)}; ${kubectl(kube, `describe deployment -n ${namespace}`)}`;
  if (all.length === 0) return failure(kinds.timedOut, { what, why: names || "It has no deployments.", fix: look });
  const why = all.slice(0, 3).map(({ about, words }) => `${about}: ${words}`);
  return failure(kinds.podPending, { what: `${what}: ${names}`, why: why.join("\n"), fix: fixOf(why.join("\n"), changeable) ?? look });
}

const changeable: Changeable = {
  image: "--operator-set image.repository=… or --operator-values",
  values: "--operator-values, or --operator-set",
  resources: "--operator-set resources.requests.…",
};

/** Waits in a shell for the deployments, and for the webhook where the operator has one. */
export async function waitForOperatorCommand(
  read: Readers,
  { objects, install: { webhookProbe } }: Consumer,
  { namespace, release }: OperatorPlace,
  seconds: number,
): Promise<Command> {
  const { context } = read.kube;
  const rollout = `${kubectlIn(context)} -n ${word(namespace)} rollout status deployment -l app.kubernetes.io/instance=${word(release)} --timeout=${seconds}s`;
  if (webhookProbe === undefined) return { lines: rollout };
  const apiVersion = (objects && (await versionThere(read, objects))) ?? webhookProbe.apiVersion;
  const { lines } = applyCommand({ ...webhookProbe, apiVersion }, context, "--dry-run=server", " > /dev/null 2>&1");
  return { lines: `${rollout}\nwebhook_serves() {\n${lines}\n}\nwithin ${seconds} webhook_serves`, needs: ["within"] };
}
