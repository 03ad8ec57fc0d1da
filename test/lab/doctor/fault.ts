import { typed } from "../testing/product.ts";
import { cluster, mount, store, type Bench } from "./bench.ts";

export const demo = '{"user":"a","password":"b"}';

/** Wires the cluster, also after a fault that was not mended: what a fault may have changed is removed, and made again. */
export async function putBack(bench: Bench): Promise<void> {
  const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
  await quietly(bench.unblock());
  await quietly(bench.kubectl("uncordon", "--selector=kubernetes.io/os=linux"));
  await quietly(bench.kubectl("create", "serviceaccount", "external-secrets", "-n", "external-secrets").then(() => restartOperator(bench)));
  await quietly(bench.kubectl("scale", "deployment", "external-secrets", "-n", "external-secrets", "--replicas=1"));
  await quietly(bench.type(`vault-k8s operator unseal --cluster ${cluster}`));
  await Promise.all([
    quietly(bench.vault(["auth", "disable", mount])),
    quietly(bench.vault(["policy", "delete", `${mount}-read`])),
    quietly(bench.vault(["kv", "enable-versioning", "kv"])),
    quietly(bench.kubectl("delete", store, "externalsecret/demo", "externalsecret/other", "--ignore-not-found")),
    quietly(bench.kubectl("delete", "clusterrolebinding", `vault-k8s-${mount}-auth-delegator`, "--ignore-not-found")),
    quietly(bench.kubectl("delete", "serviceaccount", "vault-reviewer", "-n", "vault-k8s", "--ignore-not-found")),
  ]);
  await wire(bench);
}

/** Pods of the operator that have tokens of the account that is there now. */
const restartOperator = (bench: Bench): Promise<string> =>
  bench.kubectl("rollout", "restart", "deployment", "external-secrets", "-n", "external-secrets");

/** The whole set-up, with a secret that is there to be read. */
export async function wire(bench: Bench): Promise<void> {
  for (const [line, input] of [
    [`vault-k8s bootstrap --cluster ${cluster} --secret demo`],
    [`vault-k8s secret put demo --cluster ${cluster} -`, demo],
  ] as const) {
    const { exitCode, stderr } = await typed(bench.lab, line, { input: input ?? "" });
    if (exitCode !== 0) throw new Error(`${line}\n${stderr}`);
  }
  await bench.operatorSays("True");
}

export interface Fault {
  readonly name: string;
  /** Codes that doctor has to name, the first one first. */
  readonly codes: readonly string[];
  /** What shows only when those are mended. */
  readonly behind?: readonly string[];
  /** Breaks it. What it returns mends it, where no command can: then it is outside of the cluster. */
  readonly breaks: (bench: Bench) => Promise<(() => Promise<void>) | void>;
  /** Where Vault's log may not be read, a pod beside Vault has to look. */
  readonly probePod?: boolean;
  readonly flags?: readonly string[];
  /** What the command that mends it reads. */
  readonly input?: string;
  /** What the person types in the editor that the command opens, as a command that changes a file. */
  readonly editor?: string;
  /** How sure doctor can be, where not certain. */
  readonly sure?: "likely";
  /** Puts back what the command left otherwise than the next fault needs. */
  readonly after?: (bench: Bench) => Promise<void>;
}
