import { PAUSE_IMAGE } from "../../images/names.ts";
import type { Cluster } from "../inside.ts";
import { inLab } from "./program.ts";
import type { Program } from "./program.ts";

/** containerd with its socket at the usual place, which is the cluster's own: see node/mounts.ts. */
export function containerd(cluster: Cluster): Program {
  return {
    name: "containerd",
    command: "containerd",
    args: ["--config", inLab("etc/containerd.toml")],
    files: { "etc/containerd.toml": config(), "etc/cni/10-lab.conflist": podNetwork(cluster) },
  };
}

function config(): string {
  return `
version = 2
root = "${inLab("containerd")}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]

[plugins."io.containerd.grpc.v1.cri"]
# Without it every pod fails where the machine does not let a process lower its oom_score_adj.
restrict_oom_score_adj = true
sandbox_image = "${PAUSE_IMAGE}"

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${inLab("etc/cni")}"
`;
}

/**
 * Each pod has a link of its own to the node, and all its traffic is routed there: Services then work
 * even where the kernel does not show bridged packets to iptables.
 */
function podNetwork({ id, spec }: Cluster): object {
  const ipam = {
    type: "host-local",
    ranges: [[{ subnet: spec.podNetwork }]],
    routes: [{ dst: "0.0.0.0/0" }],
    dataDir: "/run/cni",
  };
  return { cniVersion: "1.0.0", name: id, plugins: [{ type: "ptp", ipMasq: false, ipam }] };
}
