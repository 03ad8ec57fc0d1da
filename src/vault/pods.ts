import type { Command, Say } from "../core/resource.ts";
import { word } from "../core/shell.ts";
import { untilSettled } from "../core/settle.ts";
import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import type { KubeObject, KubeReader, NodesReader, Readers, VaultNode } from "../systems/world.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { untilUp, type Coming } from "../kubernetes/until-up.ts";
import { fixOf, type Changeable } from "../systems/standstill/fix.ts";
import type { Standstill } from "../systems/standstill/pod.ts";
import { whyNotUp } from "../systems/standstill/why.ts";
import { podsOfSet, releasePods, vaultPodSelector, type ReleasePlace, type ReleasePods } from "../systems/vault-pods.ts";
import { kubectlIn } from "../systems/kubectl.ts";

interface PodStatus {
  readonly phase?: string;
  readonly containerStatuses?: readonly {
    readonly state?: { readonly running?: object };
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
  const running = `${kubectlIn(context)} -n ${word(namespace)} get pods -l ${word(vaultPodSelector(release))} --field-selector=status.phase=Running -o name`;
  return {
    lines: `vault_pods_run() { [ "$(${running} | wc -l)" -ge ${replicas} ]; }\nwithin ${seconds} vault_pods_run`,
    needs: ["within"],
  };
}

/** As many as the StatefulSet is to have: values may say another number than --replicas. */
const wantedOf = ({ set }: ReleasePods, { replicas }: PodsWanted): number => (set === undefined ? replicas : podsOfSet(set).length);

/** Whether all pods run. Running, not Ready: a sealed pod is never Ready. */
export async function podsRun(read: Readers, wanted: PodsWanted): Promise<boolean> {
  const found = await releasePods(read.kube, wanted);
  return found.pods.length >= wantedOf(found, wanted) && found.pods.every(isRunning);
}

/** Waits until all pods run. Throws VK1110 with the reason, as soon as waiting does not mend it. */
export async function waitForPods(read: Readers, wanted: PodsWanted, withinMs: number, say: Say): Promise<void> {
  const running = ({ pods }: ReleasePods): number => pods.filter(isRunning).length;
  const coming: Coming<ReleasePods> = {
    look: () => releasePods(read.kube, wanted),
    isUp: (found) => found.pods.length >= wantedOf(found, wanted) && found.pods.every(isRunning),
    line: (found) => `${running(found)} of ${wantedOf(found, wanted)} Vault pods run`,
    why: ({ set, pods }, sinceMs) => {
      const makers = set === undefined || pods.length >= podsOfSet(set).length ? [] : [set];
      return whyNotUp(read.kube, { makers, pods: pods.filter((pod) => !isRunning(pod)) }, sinceMs);
    },
  };
  const { found, up, why } = await untilUp(read.kube, coming, { withinMs, say });
  if (!up) throw notRunning(read.kube, { ...wanted, replicas: wantedOf(found, wanted) }, found.pods, why);
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

function notRunning(
  kube: KubeReader,
  { namespace, replicas, release }: PodsWanted,
  pods: readonly KubeObject[],
  all: readonly Standstill[],
) {
  const stuck = pods.find((pod) => !isRunning(pod));
  const why = all
    .slice(0, 3)
    .map(({ words }) => words)
    .join("\n");
  const known = fixOf(why, changeable);
  if (stuck === undefined)
    return failure(kinds.podPending, {
      what: `${pods.length} of ${replicas} Vault pods exist in namespace ${namespace}`,
      why: why === "" ? "The StatefulSet has not made the others." : why,
      fix: known ?? kubectl(kube, `describe statefulset -n ${namespace} -l app.kubernetes.io/instance=${release}`),
    });
  return failure(kinds.podPending, {
    what: `Pod ${namespace}/${stuck.metadata.name} does not run (${statusOf(stuck).phase ?? "no phase"})`,
    why: why === "" ? "It has no events that say why." : why,
    fix: known ?? kubectl(kube, `describe pod ${stuck.metadata.name} -n ${namespace}`),
  });
}

const changeable: Changeable = {
  image: "--set server.image.repository=… and --image-tag",
  values: "--values, or --set server.…",
  resources: "--set server.resources.requests.…",
};
