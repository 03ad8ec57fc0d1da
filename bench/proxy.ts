import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ClusterName, LabState } from "../test/lab/api.ts";

/** Where a proxy listens, on which cluster's network, and where it leads. */
export interface Way {
  readonly on: ClusterName;
  readonly listen: string;
  readonly target: string;
}

/** Starts a proxy with that round trip, in milliseconds, and waits until it listens. Whoever starts it ends it. */
export async function startProxy(lab: LabState, { on, listen, target }: Way, roundTrip: number): Promise<ChildProcess> {
  const program = join(import.meta.dirname, "delay.ts");
  const [file, ...args] = lab.onNetwork([process.execPath, program, listen, target, String(roundTrip)], on);
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the proxy at ${listen} ended with ${String(code)}`)));
  ended.catch(() => undefined);
  await Promise.race([once(child.stdout, "data"), ended]);
  return child;
}
