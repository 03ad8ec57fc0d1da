import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { ClusterName } from "../cluster/spec.ts";
import { isAlive } from "../machine/process.ts";
import type { ProcessId } from "../machine/process.ts";
import type { LabPaths } from "./paths.ts";

/** The processes of a running cluster that the rest of the machine can see. */
export interface ClusterRecord {
  readonly cluster: ClusterName;
  /** Name of the cluster's cgroups and of its CNI network. */
  readonly id: string;
  /** Holds the namespaces; ends when the init does, and takes it along when it is killed. */
  readonly holder: ProcessId;
  /** First process of the cluster's process namespace: all others end with it. */
  readonly init: ProcessId;
}

/** All clusters of the lab that were started, whether they still run or not. */
export function readRecord(paths: LabPaths): ClusterRecord[] {
  try {
    return JSON.parse(readFileSync(paths.record, "utf8")) as ClusterRecord[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Adds a cluster; written whole or not at all. */
export function addRecord(paths: LabPaths, record: ClusterRecord): void {
  const others = readRecord(paths).filter(({ cluster }) => cluster !== record.cluster);
  mkdirSync(dirname(paths.record), { recursive: true });
  writeFileSync(`${paths.record}.new`, JSON.stringify([...others, record], null, 2));
  renameSync(`${paths.record}.new`, paths.record);
}

/** The record of a cluster that runs. */
export function running(paths: LabPaths, cluster: ClusterName): ClusterRecord | undefined {
  return readRecord(paths).find((record) => record.cluster === cluster && isAlive(record.init));
}
