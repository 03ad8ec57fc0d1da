import { execa } from "execa";
import { labState, type LabState } from "../api.ts";

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs a command on the lab's network, in its work folder, without a terminal. */
export async function inLab(
  lab: LabState,
  command: readonly string[],
  { input = "", env = {}, cwd = lab.work }: RunOptions = {},
): Promise<Ran> {
  const [program, ...args] = lab.onNetwork(command);
  const {
    exitCode = -1,
    stdout,
    stderr,
  } = await execa(program, args, {
    cwd,
    env: { ...lab.env, CI: "true", ...env },
    extendEnv: false,
    input,
    reject: false,
    timeout: 600_000,
  });
  return { exitCode, stdout, stderr };
}

/** The command that is tested, as it is installed. */
export const vaultK8s = (lab: LabState, args: readonly string[], options?: RunOptions): Promise<Ran> =>
  inLab(lab, ["vault-k8s", ...args], options);

/** A line as a person types it, through a shell. */
export const typed = (lab: LabState, line: string, options?: RunOptions): Promise<Ran> => inLab(lab, ["sh", "-euc", line], options);

/** kubectl's answer as an object. Throws what kubectl says when it fails. */
export async function kubectlJson<T = Record<string, unknown>>(lab: LabState, context: string, args: readonly string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await inLab(lab, ["kubectl", "--context", context, ...args, "-o", "json"]);
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

/** kubectl without an answer that matters. */
export async function kubectl(lab: LabState, context: string, args: readonly string[], options?: RunOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await inLab(lab, ["kubectl", "--context", context, ...args], options);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** The lab that the test run brought up; `name` for the second one. */
export const theLab = (name?: string): LabState => labState(name ?? process.env["LAB_NAME"]);
