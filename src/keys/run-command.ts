import { isOurs } from "../systems/kube/exec-plugin.ts";
import { lastWords } from "./last-words.ts";

export interface CommandCall {
  /** A line for /bin/sh. */
  readonly command: string;
  readonly input?: string | undefined;
  /** Added to the environment: names only, never a secret. */
  readonly variables: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly timeoutMs: number;
}

export type CommandEnd = { readonly ok: true; readonly stdout: string } | { readonly ok: false; readonly why: string };

/**
 * Runs a line through /bin/sh, so that a person may pipe and redirect as at a prompt. The document goes in on standard input: never in
 * its arguments or its environment. Our own VAULT_* and BAO_* variables are not handed on. It is not ended by Ctrl-C, but in time.
 */
export async function runCommand({ command, input = "", variables, env, cwd, timeoutMs }: CommandCall): Promise<CommandEnd> {
  const { execa } = await import("execa");
  const started = execa("/bin/sh", ["-c", command], {
    reject: false,
    extendEnv: false,
    env: { ...withoutOurs(env), ...variables },
    cwd,
    input,
    maxBuffer: 8 * 1024 * 1024,
    stripFinalNewline: false,
  });
  const ended = await inTime(started, timeoutMs);
  if (ended === undefined) {
    started.kill("SIGKILL");
    // What it started may go on and hold its output open: nobody waits for that.
    for (const stream of [started.stdout, started.stderr]) stream?.destroy();
    return { ok: false, why: `It did not end within ${timeoutMs / 1000} s and was stopped.` };
  }
  if (!ended.failed) return { ok: true, stdout: ended.stdout };
  return { ok: false, why: whyItFailed(ended, [input, ended.stdout]) };
}

async function inTime<T>(work: PromiseLike<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => void (timer = setTimeout(() => resolve(undefined), timeoutMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function whyItFailed(
  { exitCode, signal, stderr }: { exitCode?: number | undefined; signal?: string | undefined; stderr: string },
  secrets: readonly string[],
): string {
  const end = signal === undefined ? `It ended with ${exitCode ?? "an error"}` : `It was ended by ${signal}`;
  const words = lastWords(stderr, secrets);
  return words === "" ? `${end}.` : `${end}: ${words}`;
}

const withoutOurs = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !isOurs(entry[0])));
