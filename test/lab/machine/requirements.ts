import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { missingForBuild } from "../build/index.ts";
import { LabError } from "../errors.ts";

const ALTERNATIVE = "A cluster that you already have can be used instead: npm run demo -- --context NAME";

/** Refuses, in one sentence, a machine on which the lab cannot run. */
export function checkMachine(): void {
  const missing = missingForLab() ?? missingForBuild();
  if (missing !== undefined) throw new LabError(`${missing}\n${ALTERNATIVE}`);
}

function missingForLab(): string | undefined {
  if (process.platform !== "linux") return "The lab needs Linux: its clusters live in namespaces of the kernel.";
  if (process.getuid?.() !== 0) return "The lab needs root: it makes namespaces, mounts and network devices.";
  const programs = ["apt-get", "dpkg-query", "unshare", "nsenter"];
  const missing = programs.filter((name) => !onPath(name));
  if (missing.length === 0) return undefined;
  return `The lab needs a Debian-like system with apt and util-linux; this one has no ${missing.join(", ")}.`;
}

function onPath(name: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
