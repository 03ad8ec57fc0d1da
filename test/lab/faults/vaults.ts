import type { ClusterName, LabState } from "../api.ts";
import { waitFor } from "../machine/wait.ts";
import { inLab, kubectl } from "../testing/product.ts";

/** sys/seal-status of one pod, asked at its own address. */
export interface Seal {
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly progress: number;
  readonly cluster_id?: string;
}

/** One Vault of its own: a namespace with a release called vault. Its pods can be emptied without being made anew. */
export class Vault {
  readonly lab: LabState;
  readonly namespace: string;
  readonly replicas: number;
  readonly context: ClusterName;
  readonly #addresses = new Map<string, string>();

  constructor(lab: LabState, namespace: string, replicas: number, context: ClusterName = "eks-prod") {
    this.context = context;
    this.lab = lab;
    this.namespace = namespace;
    this.replicas = replicas;
  }

  get pods(): string[] {
    return Array.from({ length: this.replicas }, (_, index) => `vault-${index}`);
  }

  /** Makes it, and waits until every pod answers. */
  async up(): Promise<this> {
    const input = await manifest(this.lab, this.replicas);
    await kubectl(this.lab, this.context, ["create", "namespace", this.namespace]);
    await kubectl(this.lab, this.context, ["apply", "-n", this.namespace, "-f", "-"], { input });
    await this.#empty();
    return this;
  }

  async down(): Promise<void> {
    await kubectl(this.lab, this.context, ["delete", "namespace", this.namespace]);
  }

  /** Ends the Vault processes of all pods at once and takes away their data; they start anew, empty. */
  async reset(): Promise<void> {
    await Promise.all(
      this.pods.map((pod) =>
        kubectl(this.lab, this.context, ["exec", "-n", this.namespace, pod, "--", "sh", "-c", "kill -9 $(pidof vault)"]),
      ),
    );
    await this.#empty();
  }

  async #empty(): Promise<void> {
    for (const pod of this.pods)
      await waitFor(`${this.namespace}/${pod} is empty`, 60, async () => {
        const seal = await this.seal(pod).catch(() => undefined);
        return seal?.initialized === false;
      });
  }

  async seal(pod: string): Promise<Seal> {
    return (await this.ask(pod, "GET", "sys/seal-status")) as Seal;
  }

  /** One request to one pod. Throws where it does not answer with 200 or 204. */
  async ask(
    pod: string,
    method: "GET" | "POST",
    path: string,
    { token, body }: { readonly token?: string; readonly body?: object } = {},
  ): Promise<unknown> {
    const send = async (): Promise<Response> =>
      fetch(`http://${await this.#address(pod)}:8200/v1/${path}`, {
        method,
        headers: token === undefined ? {} : { "X-Vault-Token": token },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
    const answer = await send().catch(() => {
      // A pod that was made anew has another address.
      this.#addresses.delete(pod);
      return send();
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  }

  async #address(pod: string): Promise<string> {
    const known = this.#addresses.get(pod);
    if (known !== undefined) return known;
    const found = await kubectl(this.lab, this.context, ["get", "pod", pod, "-n", this.namespace, "-o", "jsonpath={.status.podIP}"]);
    if (found === "") throw new Error(`${pod} has no address yet`);
    this.#addresses.set(pod, found);
    return found;
  }
}

const templates = new Map<number, Promise<string>>();

/** What the chart makes, without what belongs to the whole cluster. */
function manifest(lab: LabState, replicas: number): Promise<string> {
  const known = templates.get(replicas) ?? rendered(lab, replicas);
  templates.set(replicas, known);
  return known;
}

async function rendered(lab: LabState, replicas: number): Promise<string> {
  const values = [
    "server.affinity=",
    "injector.enabled=false",
    "server.authDelegator.enabled=false",
    "server.ha.enabled=true",
    "server.ha.raft.enabled=true",
    "server.ha.raft.setNodeId=true",
    `server.ha.replicas=${replicas}`,
    "server.dataStorage.size=1Gi",
  ];
  const { exitCode, stdout, stderr } = await inLab(lab, [
    "helm",
    "template",
    "vault",
    lab.charts.vault,
    ...values.flatMap((value) => ["--set", value]),
  ]);
  if (exitCode !== 0) throw new Error(stderr);
  return changed(stdout.replaceAll(/^ +namespace: default$/gm, ""), [
    [/^( *)terminationGracePeriodSeconds: .*$/m, "$1terminationGracePeriodSeconds: 1"],
    // An election takes one second, not five.
    [/^( *)path = "\/vault\/data"$/m, "$&\n$1performance_multiplier = 1"],
    // An end of Vault empties the pod: much quicker than a new pod with a new volume.
    [/^( *)exec (\/usr\/local\/bin\/docker-entrypoint\.sh vault server .*)$/m, "$1while :; do $2 || true; rm -rf /vault/data/*; done"],
    // Each probe is a process, and nobody asks whether these pods are ready.
    [/^( *)readinessProbe:\n(?:\1 .*\n)+/m, ""],
  ]);
}

function changed(text: string, changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((before, [pattern, after]) => {
    if (!pattern.test(before)) throw new Error(`The chart has no ${pattern.source}`);
    return before.replace(pattern, after);
  }, text);
}
