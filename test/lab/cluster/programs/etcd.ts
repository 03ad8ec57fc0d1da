import { join } from "node:path";
import type { Cluster } from "../inside.ts";
import { flags, inLab } from "./program.ts";
import type { Program } from "./program.ts";

const CLIENTS = "http://127.0.0.1:2379";

/** The address of etcd inside the cluster's namespace. */
export const ETCD = CLIENTS;

/** A single etcd that never waits for the disk: what a lab stores need not outlive it. */
export function etcd({ programs, spec }: Cluster): Program {
  const peers = "http://127.0.0.1:2380";
  const args = flags({
    name: spec.name,
    "data-dir": inLab("etcd"),
    "listen-client-urls": CLIENTS,
    "advertise-client-urls": CLIENTS,
    "listen-peer-urls": peers,
    "initial-advertise-peer-urls": peers,
    "initial-cluster": `${spec.name}=${peers}`,
    // A machine that builds at the same time must not make it lose its leader.
    "heartbeat-interval": "500",
    "election-timeout": "5000",
    "log-level": "warn",
  });
  return {
    name: "etcd",
    command: join(programs.etcd, "etcd"),
    args: [...args, "--unsafe-no-fsync"],
  };
}
