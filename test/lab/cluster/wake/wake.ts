import { waitFor } from "../../machine/wait.ts";
import type { KubeClient } from "../client.ts";
import { isReady, isVaults, ranSince } from "./pod.ts";
import type { Pod, WithStatus } from "./pod.ts";
import { leads, opened } from "./vault.ts";

/** What was well when a cluster's state was saved. */
export interface Before {
  readonly pods: ReadonlySet<string>;
  /** Stores, and what is copied from them. */
  readonly consumers: ReadonlySet<string>;
  /** Those that open its Vault. */
  readonly keys: readonly string[];
}

const group = "/apis/external-secrets.io/v1";
const consumerKinds = ["clustersecretstores", "secretstores", "externalsecrets"];

/** Asked of etcd before the kubelet starts, which writes what is. Without keys Vault stays sealed, and nothing that needs it is awaited. */
export async function wellBefore(kube: KubeClient, keys: readonly string[]): Promise<Before> {
  const pods = await kube.list<Pod>("/api/v1/pods");
  const awaited = pods.filter((pod) => keys.length > 0 || !isVaults(pod));
  return { pods: wellOf(awaited), consumers: keys.length > 0 ? wellOf(await consumers(kube)) : new Set(), keys };
}

/** Waits until what was well is well again. Vault's pods come up sealed, and are opened. */
export async function wake(kube: KubeClient, before: Before, since: Date): Promise<void> {
  const vaults = await podsAgain(kube, before, since);
  const namespaces = [...new Set(vaults.map(({ metadata }) => metadata.namespace))];
  await waitFor("in each Vault a pod leads", 90, async () => {
    const now = await of<Pod>(kube, "/api/v1/pods", before.pods);
    const leaders = await Promise.all(now.filter(isVaults).map(async (pod) => ((await leads(pod)) ? pod.metadata.namespace : undefined)));
    return namespaces.every((namespace) => leaders.filter((each) => each === namespace).length === 1);
  });
  // An operator that was up before Vault has yet to say so, and then to look again.
  const looks = new Looks(kube);
  await existing(3, "the operator finds all well", async () => {
    const now = (await consumers(kube)).filter(({ metadata }) => before.consumers.has(metadata.uid));
    await looks.again(now.filter((one) => !isReady(one)));
    return now.filter(isReady).length === before.consumers.size;
  });
}

/** The operator waits longer after each failure, and looks at once at what was changed. */
class Looks {
  readonly #kube: KubeClient;
  #last = 0;

  constructor(kube: KubeClient) {
    this.#kube = kube;
  }

  /** Makes it look at these, every few seconds; they are left as they were. */
  async again(ill: readonly Consumer[]): Promise<void> {
    if (Date.now() - this.#last < 2_000) return;
    this.#last = Date.now();
    for (const { path } of ill)
      for (const look of [String(this.#last), null]) await this.#kube.merge(path, { metadata: { annotations: { "lab/look": look } } });
  }
}

/** Waits for the pods; gives those of Vault. */
async function podsAgain(kube: KubeClient, { pods, keys }: Before, since: Date): Promise<Pod[]> {
  return waitFor("the pods of before run and are ready", 150, async () => {
    const fresh = (await of<Pod>(kube, "/api/v1/pods", pods)).filter((pod) => ranSince(pod, since));
    const vaults = fresh.filter(isVaults);
    const open = await Promise.all(vaults.map((pod) => opened(pod, keys)));
    return fresh.length === pods.size && fresh.every(isReady) && open.every(Boolean) && vaults;
  });
}

/** Waits until something holds for some seconds. */
async function existing(seconds: number, what: string, fact: () => Promise<boolean>): Promise<void> {
  let from = Number.POSITIVE_INFINITY;
  await waitFor(what, 120, async () => {
    from = (await fact()) ? Math.min(from, Date.now()) : Number.POSITIVE_INFINITY;
    return Date.now() - from >= seconds * 1000;
  });
}

const wellOf = (objects: readonly WithStatus[]): Set<string> => new Set(objects.filter(isReady).map(({ metadata }) => metadata.uid));

async function of<T extends WithStatus>(kube: KubeClient, path: string, uids: ReadonlySet<string>): Promise<T[]> {
  return (await kube.list<T>(path)).filter(({ metadata }) => uids.has(metadata.uid));
}

interface Consumer extends WithStatus {
  readonly path: string;
}

/** Where the operator's kinds are not there, nothing is. */
async function consumers(kube: KubeClient): Promise<Consumer[]> {
  const lists = consumerKinds.map(async (kind) => {
    const found = await kube.list<WithStatus>(`${group}/${kind}`).catch((): WithStatus[] => []);
    return found.map((one) => ({ ...one, path: pathOf(kind, one) }));
  });
  return (await Promise.all(lists)).flat();
}

function pathOf(kind: string, { metadata: { namespace, name } }: WithStatus): string {
  const folder = namespace === undefined ? group : `${group}/namespaces/${namespace}`;
  return `${folder}/${kind}/${name}`;
}
