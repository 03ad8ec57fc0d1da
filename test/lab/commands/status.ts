import { existsSync } from "node:fs";
import { join } from "node:path";
import { clusters } from "../cluster/spec.ts";
import type { ClusterSpec } from "../cluster/spec.ts";
import { heldImages } from "../images/import.ts";
import { clusterFolder, labPaths } from "../state/paths.ts";
import type { LabPaths } from "../state/paths.ts";
import { running } from "../state/record.ts";

/** Says what runs; exit code 1 unless both clusters are ready. */
export function status(): void {
  const paths = labPaths();
  const states = clusters.map((spec) => stateOf(paths, spec));
  for (const { line } of states) console.log(line);
  if (states.some(({ ready }) => ready)) console.log(`kubeconfig: ${paths.kubeconfig}\nwork folder: ${paths.work}`);
  if (!states.every(({ ready }) => ready)) process.exitCode = 1;
}

function stateOf(paths: LabPaths, { name, nodeAddress }: ClusterSpec): { line: string; ready: boolean } {
  const record = running(paths, name);
  if (record === undefined) return { line: `${name}: not up`, ready: false };
  const ready = existsSync(join(clusterFolder(paths, name), "ready"));
  const images = heldImages(paths, name).join(", ") || "none yet";
  const word = ready ? "ready" : "starting";
  return {
    line: `${name}: ${word}, https://${nodeAddress}:6443, process ${record.init.pid}, images: ${images}`,
    ready,
  };
}
