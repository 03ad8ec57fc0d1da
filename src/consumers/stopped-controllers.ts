import { at, number, text } from "../core/values.ts";
import { word } from "../core/shell.ts";
import { isRecord } from "../core/compare.ts";
import { untilGone } from "../kubernetes/gone.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { refOf, uidOf } from "../kubernetes/object-ref.ts";
import { ifAllowed } from "../systems/allowed.ts";
import type { RemovalPolicy } from "../systems/removal.ts";
import type { KubeObject, Readers, Writers } from "../systems/world.ts";
import type { Say } from "../core/resource.ts";
import type { OperatorPlace } from "./operator-ready.ts";
import { nameOf } from "./external-secrets.ts";
import { kubectlIn } from "../systems/kubectl.ts";

/** On a deployment that stands still: how many pods it had. */
const annotation = "vault-k8s.io/replicas";

/** Deployments of a controller that stand still while its objects go. */
export interface Controllers {
  /** The chart whose label they carry, whoever installed it, in whatever namespace. */
  readonly chart: string;
  readonly place: OperatorPlace;
  readonly policy: RemovalPolicy;
}

/**
 * Works while no controller does: each is scaled to zero, and its last pod is gone, before the work begins. Afterwards they run as before,
 * but for those that are taken away anyway. Throws VK1010 for a pod that does not end.
 */
export async function whileStopped(write: Writers, of: Controllers, say: Say, work: () => Promise<void>): Promise<void> {
  const controllers = await controllersOf(write, of);
  try {
    for (const controller of controllers) await stop(write, controller, of.policy, say);
    await work();
  } catch (error) {
    // What went wrong is what is told; one that still stands still is found by the next run.
    await startAll(write, of, say).catch(() => undefined);
    throw error;
  }
  await startAll(write, of, say);
}

/** Those that stand still by a run of ours, and stay. */
export async function stoppedByUs(read: Readers, of: Controllers): Promise<KubeObject[]> {
  const stopped = (await controllersOf(read, of)).filter((controller) => replicasBefore(controller) !== undefined);
  const go = await Promise.all(stopped.map((controller) => goes(read, controller, of.policy)));
  return stopped.filter((_, index) => go[index] === false);
}

/** Lines of a shell that do the same around other lines. */
export async function aroundCommand(read: Readers, of: Controllers, lines: string): Promise<string> {
  const controllers = await controllersOf(read, of);
  const scale = (controller: KubeObject, replicas: number): string =>
    `${inNamespace(read, controller)} scale deployment ${word(controller.metadata.name)} --replicas=${replicas}`;
  const running = controllers.filter((controller) => replicasOf(controller) > 0);
  const before = running.flatMap((controller) => {
    const pods = `pod -l ${word(selectorOf(controller))}`;
    const ended = `${inNamespace(read, controller)} wait --for=delete ${pods} --timeout=60s 2> /dev/null`;
    return [scale(controller, 0), `${ended} || [ -z "$(${inNamespace(read, controller)} get ${pods} -o name)" ]`];
  });
  return [...before, lines, ...running.map((controller) => scale(controller, replicasOf(controller)))].join("\n");
}

/** Who may look in its own namespace alone finds those of the release. */
async function controllersOf({ kube }: Readers, { chart, place }: Controllers): Promise<KubeObject[]> {
  const deployments = (where: { readonly namespace?: string; readonly labelSelector: string }): Promise<KubeObject[]> =>
    kube.list({ apiVersion: "apps/v1", kind: "Deployment", ...where });
  const [everywhere, released] = await Promise.all([
    ifAllowed(
      () => deployments({ labelSelector: `app.kubernetes.io/name=${chart}` }),
      () => [],
    ),
    deployments({ namespace: place.namespace, labelSelector: `app.kubernetes.io/instance=${place.release}` }),
  ]);
  return [...new Map([...everywhere, ...released].map((controller) => [uidOf(controller), controller])).values()];
}

async function stop(write: Writers, controller: KubeObject, { withinMs }: RemovalPolicy, say: Say): Promise<void> {
  const { kube } = write;
  const { namespace } = controller.metadata;
  const replicas = replicasOf(controller);
  say(`stopping ${nameOf(controller)}: it would write Secrets that are to stay as owned by what goes`);
  if (replicas > 0)
    await kube.patch(refOf(controller), { metadata: { annotations: { [annotation]: String(replicas) } }, spec: { replicas: 0 } });
  const pods = async (): Promise<string[]> => {
    const found = await kube.list({ apiVersion: "v1", kind: "Pod", namespace, labelSelector: selectorOf(controller) });
    return found.map((pod) => `pod ${nameOf(pod)}`);
  };
  await untilGone(pods, withinMs, kubectl(kube, `get pods -n ${namespace ?? ""} -l ${selectorOf(controller)}`));
}

async function startAll(write: Writers, of: Controllers, say: Say): Promise<void> {
  for (const controller of await stoppedByUs(write, of)) {
    say(`starting ${nameOf(controller)} again`);
    const replicas = replicasBefore(controller) ?? 1;
    await write.kube.patch(refOf(controller), { metadata: { annotations: { [annotation]: null } }, spec: { replicas } });
  }
}

async function goes(read: Readers, controller: KubeObject, { all }: RemovalPolicy): Promise<boolean> {
  const removal = all().find(({ takes }) => takes?.(controller));
  return (await removal?.look(read))?.kind === "there";
}

const inNamespace = ({ kube }: Readers, { metadata: { namespace = "" } }: KubeObject): string =>
  `${kubectlIn(kube.context)} -n ${word(namespace)}`;

const replicasOf = ({ spec }: KubeObject): number => number(at(spec, "replicas")) ?? 1;

function replicasBefore({ metadata: { annotations } }: KubeObject): number | undefined {
  const replicas = Number(annotations?.[annotation]);
  return Number.isInteger(replicas) && replicas > 0 ? replicas : undefined;
}

function selectorOf({ spec }: KubeObject): string {
  const labels = at(spec, "selector", "matchLabels");
  return isRecord(labels)
    ? Object.entries(labels)
        .map(([key, value]) => `${key}=${text(value) ?? ""}`)
        .join(",")
    : "";
}
