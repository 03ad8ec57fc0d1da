import { join } from "node:path";
import type { Cluster } from "../inside.ts";
import { pki } from "../node/certificates.ts";
import { flags, inLab, kubeconfig } from "./program.ts";
import type { Program } from "./program.ts";

/** The controller manager: token Secrets, StatefulSets, volumes, namespaces. */
export function controllerManager({ programs, spec }: Cluster): Program {
  const args = flags({
    kubeconfig: inLab("etc/controller-manager.json"),
    "bind-address": "127.0.0.1",
    // There is only one; a slow machine must not make it lose its lease and end.
    "leader-elect": "false",
    "use-service-account-credentials": "true",
    "service-account-private-key-file": pki("tokens.key"),
    "root-ca-file": pki("ca.crt"),
    "cluster-signing-cert-file": pki("ca.crt"),
    "cluster-signing-key-file": pki("ca.key"),
    "service-cluster-ip-range": spec.serviceNetwork,
  });
  return {
    name: "controller-manager",
    command: join(programs.kubernetes, "kube-controller-manager"),
    args,
    files: { "etc/controller-manager.json": kubeconfig("controller-manager") },
  };
}

/** The scheduler. */
export function scheduler({ programs }: Cluster): Program {
  const args = flags({
    kubeconfig: inLab("etc/scheduler.json"),
    "bind-address": "127.0.0.1",
    "leader-elect": "false",
  });
  return {
    name: "scheduler",
    command: join(programs.kubernetes, "kube-scheduler"),
    args,
    files: { "etc/scheduler.json": kubeconfig("scheduler") },
  };
}
