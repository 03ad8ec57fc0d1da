import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { ClusterSpec } from "../spec.ts";

/** The device that holds the addresses of the node and of the load balancers. */
const NODE_DEVICE = "node0";

/** Makes the node's own network, inside the cluster's network namespace. */
export function makeNetwork(spec: ClusterSpec): void {
  ip("link", "set", "lo", "up");
  // Many kernels have no "dummy" device; a bridge without ports serves as well.
  ip("link", "add", NODE_DEVICE, "type", "bridge");
  ip("address", "add", `${spec.nodeAddress}/24`, "dev", NODE_DEVICE);
  ip("link", "set", NODE_DEVICE, "up");
  // The API server and the kubelet look for the address of the default route.
  ip("route", "replace", "default", "dev", NODE_DEVICE);
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  masquerade(spec.podNetwork);
}

/** Gives a load balancer's address to the node, or takes it away. */
export function balancerAddress(action: "replace" | "del", address: string): void {
  ip("address", action, `${address}/32`, "dev", NODE_DEVICE);
}

/** The other cluster has no route to this one's pods: outside they appear as the node. */
function masquerade(pods: string): void {
  const rule = ["POSTROUTING", "-s", pods, "!", "-d", pods, "-j", "MASQUERADE"];
  run("iptables", "--wait", "-t", "nat", "-A", ...rule);
}

function ip(...args: string[]): void {
  run("ip", ...args);
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
}
