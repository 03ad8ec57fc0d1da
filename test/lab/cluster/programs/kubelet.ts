import { join } from "node:path";
import type { Cluster } from "../inside.ts";
import { pki } from "../node/certificates.ts";
import { flags, inLab, kubeconfig } from "./program.ts";
import type { Program } from "./program.ts";

/** The kubelet of the cluster's one node; all that it keeps is in the cluster's folder and cgroup. */
export function kubelet(cluster: Cluster): Program {
  const args = flags({
    config: inLab("etc/kubelet.json"),
    kubeconfig: inLab("etc/kubelet-client.json"),
    "root-dir": inLab("kubelet"),
    "cert-dir": inLab("kubelet/pki"),
    "hostname-override": cluster.node,
    "node-ip": cluster.spec.nodeAddress,
  });
  return {
    name: "kubelet",
    command: join(cluster.programs.kubernetes, "kubelet"),
    args,
    files: {
      "etc/kubelet.json": config(cluster),
      "etc/kubelet-client.json": kubeconfig("kubelet"),
    },
  };
}

function config({ id, spec }: Cluster): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    ...access,
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    cgroupDriver: "cgroupfs",
    // Two labs with one cgroup root would delete each other's pods.
    cgroupRoot: `/${id}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    podLogsDir: inLab("pod-logs"),
    volumePluginDir: inLab("kubelet/volume-plugins"),
    clusterDNS: [spec.nodeAddress],
    clusterDomain: "cluster.local",
    resolvConf: "/dev/null",
    // How soon a mounted Secret follows a change; the webhook of External Secrets waits for its certificate that way.
    syncFrequency: "5s",
    ...room,
  };
}

const access = {
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: pki("ca.crt") },
  },
  authorization: { mode: "Webhook" },
};

/** A full disk of the machine is not the lab's to judge, and an image that is deleted cannot be pulled again. */
const room = {
  evictionHard: {
    "memory.available": "50Mi",
    "nodefs.available": "1%",
    "nodefs.inodesFree": "1%",
    "imagefs.available": "1%",
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
};
