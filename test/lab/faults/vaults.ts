import type { LabState } from "../api.ts";
import { waitFor } from "../machine/wait.ts";
import { inLab, kubectl } from "../testing/product.ts";

const context = "eks-prod";

/** sys/seal-status of one pod, asked at its own address. */
export interface Seal {
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly progress: number;
  readonly cluster_id?: string;
}

/** One Vault of its own: a namespace with a release called vault, its pods empty. */
export class Vault {
  readonly lab: LabState;
  readonly namespace: string;
  readonly replicas: number;

  constructor(lab: LabState, namespace: string, replicas: number) {
    this.lab = lab;
    this.namespace = namespace;
    this.replicas = replicas;
  }

  get pods(): string[] {
    return Array.from({ length: this.replicas }, (_, index) => `vault-${index}`);
  }

  /** Makes it, and waits until every pod answers. */
  async up(): Promise<this> {
    await kubectl(this.lab, context, ["create", "namespace", this.namespace]);
    await kubectl(this.lab, context, ["apply", "-n", this.namespace, "-f", "-"], { input: await manifest(this.lab, this.replicas) });
    for (const pod of this.pods) await waitFor(`${this.namespace}/${pod}`, 120, () => this.seal(pod).catch(() => undefined));
    return this;
  }

  async down(): Promise<void> {
    await kubectl(this.lab, context, ["delete", "namespace", this.namespace, "--wait=false"]);
  }

  async seal(pod: string): Promise<Seal> {
    return (await this.ask(pod, "GET", "sys/seal-status")) as Seal;
  }

  /** One request to one pod. Throws where it does not answer with 200. */
  async ask(pod: string, method: "GET" | "POST", path: string, { token, body }: { token?: string; body?: object } = {}): Promise<unknown> {
    const answer = await fetch(`http://${await this.#address(pod)}:8200/v1/${path}`, {
      method,
      headers: token === undefined ? {} : { "X-Vault-Token": token },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async #address(pod: string): Promise<string> {
    const { stdout } = await inLab(this.lab, [
      "kubectl",
      "--context",
      context,
      "get",
      "pod",
      pod,
      "-n",
      this.namespace,
      "-o",
      "jsonpath={.status.podIP}",
    ]);
    return stdout;
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
  return stdout
    .replaceAll(/^ +namespace: default$/gm, "")
    .replaceAll(/^( *)terminationGracePeriodSeconds: .*$/gm, "$1terminationGracePeriodSeconds: 1");
}
