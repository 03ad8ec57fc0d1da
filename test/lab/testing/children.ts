import { readFile, readdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import type { LabState } from "../api.ts";
import type { Ran } from "./product.ts";

/** What was seen of a process from outside: its arguments and its environment, as /proc shows them. */
export interface Seen {
  readonly arguments: string;
  readonly environment: string;
}

/** Runs a command on the lab, and looks at it and at everything that it starts for as long as it runs. */
export async function watched(
  lab: LabState,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ ran: Ran; seen: Seen[] }> {
  const [program, ...args] = lab.onNetwork(command);
  const child = execa(program, args, {
    cwd: lab.work,
    env: { ...lab.env, CI: "true", ...env },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: 600_000,
  });
  const seen = new Map<string, Seen>();
  const running = { yes: true };
  const looking = (async () => {
    while (running.yes) {
      for (const pid of await family(child.pid ?? 0)) await look(pid, seen);
      await delay(20);
    }
  })();
  const { exitCode = -1, stdout, stderr } = await child;
  running.yes = false;
  await looking;
  return { ran: { exitCode, stdout, stderr }, seen: [...seen.values()] };
}

async function look(pid: number, seen: Map<string, Seen>): Promise<void> {
  const read = (name: string): Promise<string> =>
    readFile(`/proc/${pid}/${name}`, "latin1").then(
      (text) => text.replaceAll("\0", "\n"),
      () => "",
    );
  const [line, environment] = [await read("cmdline"), await read("environ")];
  if (line !== "") seen.set(`${pid} ${line}`, { arguments: line, environment });
}

/** A process and all that descend from it. */
async function family(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "latin1").catch(() => "");
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0));
  }
  const found = new Set([root]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}
