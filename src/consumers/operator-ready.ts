import type { Command, Say } from "../core/resource.ts";
import { word } from "../core/shell.ts";
import { untilSettled } from "../core/settle.ts";
import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import { ifAllowed } from "../systems/allowed.ts";
import type { KubeObject, Readers, Writers } from "../systems/world.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { applyCommand } from "../kubernetes/object.ts";
import { onObject, type KubeNeed } from "../systems/need.ts";
import { deploymentsOfChart, deploymentsOfRelease, isAvailable } from "./facts/deployments.ts";
import type { Consumer } from "./consumer.ts";
import type { ConsumerObjects } from "./consumer-objects.ts";
import { definitionOf, versionServed, versionThere } from "./facts/served.ts";

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
  let told = "";
  const found = await untilSettled(
    () => deploymentsOfRelease(read, place),
    (all) => {
      const line = `${all.filter(isAvailable).length} of ${all.length} deployments of ${place.release} are available`;
      if (line !== told) say((told = line));
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

/**
 * A deployment that is ready may have a webhook that does not serve yet: its certificate is made and handed around later. A
 * dry run of a store goes through it and stores nothing.
 */
export async function waitForWebhook(write: Writers, { objects, install }: Consumer, withinMs: number, say: Say): Promise<void> {
  const { webhookProbe } = install;
  if (webhookProbe === undefined) return;
  say("waiting until the operator's webhook serves");
  const dryRun = async (): Promise<void> => write.kube.dryRun(await inServedVersion(write, webhookProbe, objects));
  const ask = (): Promise<CliError | undefined> => dryRun().then(() => undefined, refusal);
  const error = await untilSettled(ask, (answer) => answer === undefined, { withinMs });
  if (error !== undefined)
    throw failure(kinds.webhookNotServing, {
      what: "The operator's webhook does not serve",
      why: error.why ?? error.message,
      fix: "Look at the pods of the operator's webhook and cert-controller; on private clusters the API server must reach port 10250 of the nodes.",
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

function refusal(error: unknown): CliError {
  if (error instanceof CliError && (error.kind === kinds.webhookNotServing || error.kind === kinds.notServed)) return error;
  throw error;
}

const inServedVersion = async (read: Readers, probe: KubeObject, objects: ConsumerObjects | undefined): Promise<KubeObject> =>
  objects === undefined ? probe : { ...probe, apiVersion: await versionServed(read, objects) };
