import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { z } from "zod";
import type { ClusterEntry, ExecEntry } from "./kubeconfig-shape.ts";

/** Variables that hold secrets of ours, or steer our Vault client: no other program is to see them. */
export const isOurs = (name: string): boolean => /^(VAULT|BAO)_/.test(name);

/** What a plugin may take and say: who waits for a person to type, or never stops talking, is ended. */
const mostBytes = 1024 * 1024;

const credentialShape = z.object({
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

/** What a plugin gave, https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-ExecCredential. */
export type ExecStatus = z.output<typeof credentialShape>["status"];

/** Why a plugin gave no credentials; nothing that it printed on standard output is in it. */
export class ExecFailure extends Error {
  readonly reason: "missing" | "late" | "too-much" | "failed" | "garbage";

  constructor(reason: ExecFailure["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface ExecOptions {
  readonly env: NodeJS.ProcessEnv;
  /** In milliseconds; then the plugin is killed. */
  readonly timeoutMs: number;
}

/**
 * The credentials of an exec plugin, kept until they expire.
 * @returns a function that runs the plugin when it has to; it rejects with ExecFailure.
 */
export function execCredentials(exec: ExecEntry, cluster: ClusterEntry, options: ExecOptions): () => Promise<ExecStatus> {
  let known: ExecStatus | undefined;
  return async () => {
    if (known === undefined || expired(known)) known = await run(exec, cluster, options);
    return known;
  };
}

const expired = ({ expirationTimestamp }: ExecStatus): boolean =>
  expirationTimestamp !== undefined && !(Date.parse(expirationTimestamp) > Date.now());

async function run(exec: ExecEntry, cluster: ClusterEntry, { env, timeoutMs }: ExecOptions): Promise<ExecStatus> {
  const started = execa(exec.command, exec.args ?? [], {
    reject: false,
    extendEnv: false,
    env: environment(exec, cluster, env),
    stdin: "ignore",
    killSignal: "SIGKILL",
    maxBuffer: mostBytes,
  });
  const ended = await Promise.race([started, delay(timeoutMs, undefined, { ref: false })]);
  if (ended === undefined) {
    started.kill();
    // What it started may go on and hold its output open: nobody waits for that.
    for (const stream of [started.stdout, started.stderr]) stream.destroy();
    throw new ExecFailure("late", "");
  }
  const { failed, isMaxBuffer, code, stdout, stderr } = ended;
  if (code === "ENOENT") throw new ExecFailure("missing", "");
  if (isMaxBuffer) throw new ExecFailure("too-much", "It printed more than 1 MiB.");
  if (failed) throw new ExecFailure("failed", stderr === "" ? `It ended without a word (${code ?? "it failed"}).` : stderr);
  return parsed(stdout);
}

/** What the parser says would show what the plugin printed. */
function parsed(text: string): ExecStatus {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const found = credentialShape.safeParse(json);
  if (!found.success) throw new ExecFailure("garbage", "It did not print an ExecCredential.");
  return found.data.status;
}

/**
 * The plugin's environment: KUBERNETES_EXEC_INFO as kubectl sets it, and without our own secrets.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
function environment(exec: ExecEntry, cluster: ClusterEntry, env: NodeJS.ProcessEnv): Record<string, string> {
  const info = {
    apiVersion: exec.apiVersion,
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo === true
        ? { cluster: { server: cluster.server, "certificate-authority-data": cluster["certificate-authority-data"] } }
        : {}),
    },
  };
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !isOurs(entry[0]));
  return {
    ...Object.fromEntries(kept),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
    ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
  };
}
