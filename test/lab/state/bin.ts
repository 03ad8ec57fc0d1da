import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { componentFolder } from "../build/index.ts";
import { checkout, nodeProgram } from "./paths.ts";
import type { LabPaths } from "./paths.ts";

/** Links the commands of the lab into one folder; those that are still built come to life when they are there. */
export function linkPrograms(paths: LabPaths): void {
  mkdirSync(paths.bin, { recursive: true });
  for (const [name, target] of Object.entries(programs())) {
    rmSync(join(paths.bin, name), { force: true });
    symlinkSync(target, join(paths.bin, name));
  }
}

function programs(): Record<string, string> {
  return {
    vault: join(componentFolder("vault"), "vault"),
    kubectl: join(componentFolder("kubernetes"), "kubectl"),
    helm: join(componentFolder("helm4"), "helm"),
    helm3: join(componentFolder("helm3"), "helm"),
    "vault-k8s": join(checkout, "bin/vault-k8s"),
    // First on the PATH, so that scripts that say "node" get the one that the product needs.
    node: nodeProgram,
  };
}
