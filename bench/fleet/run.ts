import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Ran {
  readonly seconds: number;
  /** Of the largest moment of the process itself, in MB. */
  readonly memory: number;
  readonly stdout: string;
}

/** Runs a program to its end. @throws where it does not end with 0 */
export async function run(command: readonly string[], { env, cwd }: { env: NodeJS.ProcessEnv; cwd: string }): Promise<Ran> {
  const began = performance.now();
  const [program = "", ...args] = command;
  const child = spawn(program, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr, memory] = ["", "", 0];
  child.stdout.on("data", (piece: Buffer) => void (stdout += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => void (stderr += piece.toString()));
  const look = setInterval(() => void (memory = Math.max(memory, peakOf(child.pid))), 50);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`${command.slice(0, 4).join(" ")} ended with ${code}: ${stderr.slice(-1500)}${stdout.slice(-1500)}`);
  return { seconds: (performance.now() - began) / 1000, memory, stdout };
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
