import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LabState } from "../api.ts";
import { inLab, kubectl, type Ran } from "./product.ts";

export interface InPod {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
  /** May all that a cluster's administrator may. */
  readonly account: string;
  readonly env: readonly object[];
}

/**
 * The command that is tested in a pod with nothing but its service account: no kubeconfig, no context. Its files and programs are those of this
 * machine, mounted where they are.
 */
export async function vaultK8sInPod(
  lab: LabState,
  { context, namespace, name, account, env }: InPod,
  args: readonly string[],
): Promise<Ran> {
  const [program, product, helm] = await Promise.all(["node", "vault-k8s", "helm"].map((one) => realpath(join(lab.bin, one))));
  const checkout = dirname(dirname(product!));
  const modules = await realpath(join(checkout, "node_modules"));
  const mounts = [
    ["/usr", "/usr"],
    ["/usr/lib", "/lib"],
    ["/usr/lib64", "/lib64"],
    ...[...new Set([checkout, modules, dirname(helm!), lab.work])].map((path) => [path, path]),
  ].map(([host, pod], index) => ({ name: `v${index}`, host: host!, pod: pod! }));
  const home = [
    { name: "HOME", value: "/tmp" },
    { name: "VAULT_K8S_HELM", value: helm },
  ];
  const container = {
    name: "run",
    image: "busybox:1.35",
    command: [program, product, ...args],
    env: [...home, ...env],
    volumeMounts: mounts.map((one) => ({ name: one.name, mountPath: one.pod, readOnly: true })),
  };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      serviceAccountName: account,
      restartPolicy: "Never",
      containers: [container],
      volumes: mounts.map((one) => ({ name: one.name, hostPath: { path: one.host } })),
    },
  };
  await kubectl(lab, context, ["apply", "-f", "-"], { input: JSON.stringify(pod) });
  const there = ["--context", context, "-n", namespace];
  const { exitCode } = await inLab(lab, [
    "kubectl",
    ...there,
    "wait",
    `pod/${name}`,
    "--for=jsonpath={.status.containerStatuses[0].state.terminated.exitCode}=0",
    "--timeout=90s",
  ]);
  return { exitCode, stdout: await kubectl(lab, context, ["-n", namespace, "logs", name]), stderr: "" };
}
