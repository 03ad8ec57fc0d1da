import { failure, kinds } from "../../errors.ts";
import { helmEnvironment } from "./environment.ts";
import { withKubeconfig } from "./lent-kubeconfig.ts";

export interface HelmOptions {
  /** The helm program. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative charts and files are looked for in. */
  readonly cwd: string;
  readonly kubeconfig: string | undefined;
  readonly context: string;
  /** The text of a kubeconfig that is on no disk, and has this context. */
  readonly held?: (() => Promise<string>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each call: the verb of helm, and what it is about. */
  readonly onRequest?: ((method: string, target: string) => void) | undefined;
}

/** What a call of helm gave, whether it went well or not. */
export interface HelmOutput {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is read of execa's result. */
interface Ended {
  readonly failed: boolean;
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly stdout: unknown;
  readonly stderr: unknown;
}

interface Call {
  readonly args: readonly string[];
  readonly input?: string | undefined;
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** It speaks to the cluster itself. */
  readonly onCluster?: boolean;
}

/**
 * Runs helm once. Its environment is of `helmEnvironment`, its words are returned as they are.
 * @throws CliError VK1301 when the program is not there, VK1010 when it takes too long, VK1002 when the run was interrupted.
 */
export async function runHelm(options: HelmOptions, call: Call): Promise<HelmOutput> {
  const { held } = options;
  if (held === undefined || call.onCluster !== true) return await started(options, call);
  return await withKubeconfig(await held(), (file) => started({ ...options, env: { ...options.env, KUBECONFIG: file } }, call));
}

async function started({ program, env, cwd, signal }: HelmOptions, { args, input, timeoutMs }: Call): Promise<HelmOutput> {
  const { execa } = await import("execa");
  const result = await execa(program, args, {
    reject: false,
    extendEnv: false,
    env: helmEnvironment(env),
    cwd,
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
    stdin: input === undefined ? "ignore" : "pipe",
    ...(input === undefined ? {} : { input }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  return outputOf(program, args[0] ?? "", result);
}

/** execa's own message holds the whole command line, so nothing of it is taken over. */
function outputOf(program: string, verb: string, result: Ended): HelmOutput {
  if (result.timedOut)
    throw failure(kinds.timedOut, {
      what: `helm ${verb} did not end in time`,
      fix: "Look at the cluster (helm list -A), then run the same command again.",
    });
  if (result.isCanceled)
    throw failure(kinds.interrupted, {
      what: `Interrupted while helm ${verb} ran`,
      fix: "Run the same command again: it goes on where it stopped.",
    });
  if (result.failed && result.exitCode === undefined && result.signal === undefined) throw notStarted(program, result.code);
  return { ok: !result.failed, stdout: String(result.stdout ?? ""), stderr: String(result.stderr ?? "") };
}

function notStarted(program: string, code: string | undefined): Error {
  if (code === "EACCES")
    return failure(kinds.helmMissing, { what: `${program} is not a program that you may run`, fix: "Name another with --helm." });
  return failure(kinds.helmMissing, {
    what: `helm was not found (${program})`,
    why: code === "ENOENT" ? undefined : code,
    fix: "Install helm 3.14 or newer (https://helm.sh/docs/intro/install), or name it with --helm.",
  });
}
