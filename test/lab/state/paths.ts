import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ClusterName } from "../cluster/spec.ts";

/** Where one lab keeps its files. */
export interface LabPaths {
  /** Names everything of this lab that the whole machine can see: state folder, cgroups, CNI network. */
  readonly id: string;
  readonly folder: string;
  readonly record: string;
  readonly lock: string;
  readonly kubeconfig: string;
  readonly work: string;
  readonly bin: string;
  readonly data: string;
}

export const checkout = resolve(import.meta.dirname, "../../..");

/** The checkout's own Node: the machine's may be older than what the product needs. */
export const nodeProgram = join(checkout, "node_modules/node/bin/node");

/** The lab of this checkout; LAB_NAME in the environment names a second one beside it. */
export function labPaths(name = process.env["LAB_NAME"] ?? ""): LabPaths {
  const hash = createHash("sha256").update(`${checkout}\0${name}`).digest("hex").slice(0, 8);
  const folder = join(stateHome(), hash);
  return {
    id: `vault-k8s-lab-${hash}`,
    folder,
    record: join(folder, "lab.json"),
    lock: join(stateHome(), `${hash}.lock`),
    kubeconfig: join(folder, "kubeconfig"),
    work: join(folder, "work"),
    bin: join(folder, "bin"),
    data: join(folder, "data"),
  };
}

/** The folder of one cluster; inside the cluster's mount namespace it is also /run/lab. */
export function clusterFolder(paths: LabPaths, cluster: ClusterName): string {
  return join(paths.folder, cluster);
}

/** The folder that holds the state of all labs of this user. */
export function stateHome(): string {
  const base = process.env["XDG_STATE_HOME"] || join(homedir(), ".local/state");
  return join(base, "vault-k8s-lab");
}
