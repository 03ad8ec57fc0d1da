import { join } from "node:path";
import type { Cluster } from "../inside.ts";
import { inLab, kubeconfig } from "./program.ts";
import type { Program } from "./program.ts";

/** CoreDNS as a plain process on the node's address. */
export function dns({ programs, spec }: Cluster): Program {
  return {
    name: "dns",
    command: join(programs.coredns, "coredns"),
    args: ["-conf", inLab("etc/Corefile")],
    files: { "etc/Corefile": corefile(spec.nodeAddress), "etc/dns.json": kubeconfig("lab") },
  };
}

function corefile(address: string): string {
  return `.:53 {
  bind ${address}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${inLab("etc/dns.json")}
    pods insecure
    ttl 1
  }
}
`;
}
