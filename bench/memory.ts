import { spawnSync } from "node:child_process";
import type { Candidate } from "./measure.ts";

/** What a command took, as the kernel counted it for the process and what it started; no numbers where there is no busybox. */
export interface Cost {
  /** MB of the largest process. */
  readonly memory: number;
  /** Milliseconds of processor time of all. */
  readonly cpu: number;
}

/** What one run of a command takes. */
export function costOf({ command, env, cwd }: Candidate): Cost {
  const { memory, cpu } = measured(command, env, cwd);
  return { memory: memory / factor(env), cpu };
}

/** busybox counts a KB as a page of them in some of its versions: what Node knows of itself says by how much. */
function factor(env: Candidate["env"]): number {
  const report = ["-p", "process.resourceUsage().maxRSS"];
  const own = spawnSync(process.execPath, report, { env, encoding: "utf8" });
  return Math.round((measured([process.execPath, ...report], env).memory * 1024) / Number(own.stdout)) || 1;
}

function measured(command: readonly string[], env: Candidate["env"], cwd?: string): Cost {
  const { stderr } = spawnSync("busybox", ["time", "-v", ...command], { env, cwd, encoding: "utf8" });
  const said = (what: string): number => Number(new RegExp(`${what}: ([\\d.]+)`).exec(stderr ?? "")?.[1]);
  const cpu = said("User time \\(seconds\\)") + said("System time \\(seconds\\)");
  return { memory: said("Maximum resident set size \\(kbytes\\)") / 1024, cpu: cpu * 1000 };
}
