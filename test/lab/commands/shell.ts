import { spawn } from "node:child_process";
import { once } from "node:events";
import { labState } from "../api.ts";

/** Runs a command on the network of eks-prod, in the work folder; its exit code becomes ours. */
export async function run(command: readonly string[]): Promise<void> {
  const lab = labState();
  const [file, ...args] = lab.onNetwork(command);
  // The terminal sends its signals to the command as well, and that is who should decide.
  for (const signal of ["SIGINT", "SIGQUIT"] as const) process.on(signal, () => undefined);
  const child = spawn(file, args, { stdio: "inherit", cwd: lab.work, env: lab.env });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code] = (await once(child, "exit")) as [number | null];
  process.exitCode = code ?? 1;
}

/** Opens a shell there. */
export async function shell(): Promise<void> {
  await run([process.env["SHELL"] || "/bin/sh"]);
}
