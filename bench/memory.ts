import { spawnSync } from "node:child_process";
import type { Candidate } from "./measure.ts";

/** The most memory that a command had, in MB; not a number where there is no busybox. As the kernel counted it for the process and what it started. */
export function peakMemory({ command, env, cwd }: Candidate): number {
  return measured(command, env, cwd) / factor(env);
}

/** busybox counts a KB as a page of them in some of its versions: what this process knows of another one says by how much. */
function factor(env: Candidate["env"]): number {
  const own = spawnSync(process.execPath, ["-p", "process.resourceUsage().maxRSS"], { env, encoding: "utf8" });
  const said = measured([process.execPath, "-p", "process.resourceUsage().maxRSS"], env);
  return Math.round((said * 1024) / Number(own.stdout)) || 1;
}

function measured(command: readonly string[], env: Candidate["env"], cwd?: string): number {
  const { stderr } = spawnSync("busybox", ["time", "-v", ...command], { env, cwd, encoding: "utf8" });
  return Number(/Maximum resident set size \(kbytes\): (\d+)/.exec(stderr ?? "")?.[1]) / 1024;
}
