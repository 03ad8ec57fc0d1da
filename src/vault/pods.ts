import type { Command, Say } from "../core/resource.ts";
import { word } from "../core/shell.ts";
import { untilSettled } from "../core/settle.ts";
import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import type { KubeObject, KubeReader, NodesReader, Readers, VaultNode } from "../systems/world.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { releasePods, vaultPodSelector, type ReleasePlace } from "../systems/vault-pods.ts";

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  readonly containerStatuses?: readonly {
    readonly state?: { readonly running?: object; readonly waiting?: { readonly reason?: string; readonly message?: string } };
  }[];
}

export interface PodsWanted {
  readonly namespace: string;
  readonly release: string;
  readonly replicas: number;
}

const statusOf = (pod: KubeObject): PodStatus => (pod["status"] ?? {}) as PodStatus;
const isRunning = (pod: KubeObject): boolean =>
  statusOf(pod).phase === "Running" && (statusOf(pod).containerStatuses ?? []).every((container) => container.state?.running !== undefined);

/** Vault's pods: those of the release's StatefulSet. Throws VK1219. */
export const vaultPods = async (kube: KubeReader, place: ReleasePlace): Promise<readonly KubeObject[]> =>
  (await releasePods(kube, place)).pods;

/** Pods that have Vault's labels and are not Vault's, each in words. */
export async function ignoredPods({ vaultKube }: Readers, place: ReleasePlace): Promise<string[]> {
  if (vaultKube === undefined) return [];
  const { ignored, set } = await releasePods(vaultKube, place);
  const whose = set === undefined ? "there is no StatefulSet of Vault's" : `it is no pod of StatefulSet ${set.metadata.name}`;
  return ignored.map(({ metadata: { name } }) => `pod ${name} is ignored: it has Vault's labels, and ${whose}`);
}

/** Waits in a shell until all pods run. */
export function waitForPodsCommand({ namespace, release, replicas }: PodsWanted, context: string, seconds: number): Command {
  const running = `kubectl --context ${word(context)} -n ${word(namespace)} get pods -l ${word(vaultPodSelector(release))} --field-selector=status.phase=Running -o name`;
  return {
    lines: `vault_pods_run() { [ "$(${running} | wc -l)" -ge ${replicas} ]; }\nwithin ${seconds} vault_pods_run`,
    needs: ["within"],
  };
}

/** Whether all pods run. Running, not Ready: a sealed pod is never Ready. */
export async function podsRun(read: Readers, wanted: PodsWanted): Promise<boolean> {
  const pods = await vaultPods(read.kube, wanted);
  return pods.length >= wanted.replicas && pods.every(isRunning);
}

/** Waits until all pods run. Throws VK1110 with the reason from the pod's events when one cannot. */
export async function waitForPods(read: Readers, wanted: PodsWanted, withinMs: number, say: Say): Promise<void> {
  let said = "";
  const pods = await untilSettled(
    () => vaultPods(read.kube, wanted),
    (found) => {
      const line = `${found.filter(isRunning).length} of ${wanted.replicas} Vault pods run`;
      if (line !== said) say((said = line));
      return found.length >= wanted.replicas && found.every(isRunning);
    },
    { withinMs, everyMs: 500 },
  );
  if (pods.length < wanted.replicas || !pods.every(isRunning)) throw await explain(read.kube, wanted, pods);
  await waitForAnswers(read, withinMs, say);
}

/** A container that runs may not listen yet. */
async function waitForAnswers({ nodes }: Readers, withinMs: number, say: Say): Promise<void> {
  say("waiting until every Vault pod answers");
  const ask = async (): Promise<CliError | undefined> => {
    try {
      await Promise.all((await nodes.nodes()).map((node) => answers(nodes, node)));
      return undefined;
    } catch (error) {
      if (error instanceof CliError) return error;
      throw error;
    }
  };
  const error = await untilSettled(ask, (answer) => answer === undefined, { withinMs });
  if (error !== undefined) throw error;
}

/** A certificate that is not trusted is an answer too: which one the pod serves is the next step's. */
async function answers(nodes: NodesReader, node: VaultNode): Promise<unknown> {
  return nodes.sealStatus(node).catch(async (error: unknown) => {
    if ((await nodes.certificate(node)) === undefined) throw error;
  });
}

async function explain(kube: KubeReader, { namespace, replicas, release }: PodsWanted, pods: readonly KubeObject[]) {
  const stuck = pods.find((pod) => !isRunning(pod));
  if (stuck === undefined)
    return failure(kinds.podPending, {
      what: `${pods.length} of ${replicas} Vault pods exist in namespace ${namespace}`,
      why: "The StatefulSet has not made the others.",
      fix: kubectl(kube, `describe statefulset -n ${namespace} -l app.kubernetes.io/instance=${release}`),
    });
  const reasons = [
    ...containerReasons(stuck),
    ...(await warnings(kube, namespace, stuck.metadata.name)),
    ...(statusOf(stuck).conditions ?? [])
      .filter((condition) => condition.status === "False" && condition.type === "PodScheduled")
      .map((condition) => condition.message ?? ""),
  ];
  const why = [...new Set(reasons.filter((reason) => reason !== ""))].slice(0, 3).join("\n");
  return failure(kinds.podPending, {
    what: `Pod ${namespace}/${stuck.metadata.name} does not run (${statusOf(stuck).phase ?? "no phase"})`,
    why: why === "" ? "It has no events that say why." : why,
    fix: fixFor(why) ?? kubectl(kube, `describe pod ${stuck.metadata.name} -n ${namespace}`),
  });
}

function containerReasons(pod: KubeObject): string[] {
  return (statusOf(pod).containerStatuses ?? []).flatMap(({ state }) =>
    state?.waiting?.reason === undefined ? [] : [`${state.waiting.reason}: ${state.waiting.message ?? ""}`],
  );
}

async function warnings(kube: KubeReader, namespace: string, pod: string): Promise<string[]> {
  const events = await kube.list({ apiVersion: "v1", kind: "Event", namespace, fieldSelector: `involvedObject.name=${pod},type=Warning` });
  return events.map((event) => (typeof event["message"] === "string" ? event["message"] : "")).reverse();
}

function fixFor(why: string): string | undefined {
  if (/anti-?affinity/i.test(why))
    return "The pods want a node each. Add nodes, ask for fewer --replicas, or, on a test cluster, --no-anti-affinity.";
  if (/PersistentVolumeClaim|volume/i.test(why))
    return "No volume fits. Name a StorageClass that makes volumes with --storage-class (kubectl get storageclass lists them).";
  if (/ErrImage|ImagePull|pull image/i.test(why))
    return "The image cannot be pulled. Check its name and the registry's access, or name another with --set server.image.repository=… and --image-tag.";
  if (/Insufficient/i.test(why)) return "The nodes have no room. Add nodes, or ask for less with --set server.resources.requests.…";
  return undefined;
}
