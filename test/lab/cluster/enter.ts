import type { ClusterRecord } from "../state/record.ts";

/** Arguments of nsenter for a client on the cluster's network: files and processes stay the machine's. */
export function onNetwork({ init }: ClusterRecord): string[] {
  return ["--target", String(init.pid), "--net", "--"];
}

/** Arguments of nsenter for a command that must see the node as its own processes do. */
export function onNode({ init }: ClusterRecord): string[] {
  return ["--target", String(init.pid), "--net", "--mount", "--pid", "--"];
}
