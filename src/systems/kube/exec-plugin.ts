import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { boundedJson } from "../http/bounded-json.ts";
import { clean } from "../words.ts";
import type { ClusterEntry, ExecEntry } from "./kubeconfig-shape.ts";
import { modeOf } from "./usable.ts";

/** Variables that hold secrets of ours, or steer our Vault client: no other program is to see them. */
export const isOurs = (name: string): boolean => /^(VAULT|BAO)_/.test(name);

/** What a plugin may say: who never stops talking is ended. */
const mostBytes = 1024 * 1024;

const gives = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
const credentialShape = z.object({
  apiVersion: z.string(),
  kind: z.literal("ExecCredential"),
  status: z.object({ token: gives, clientCertificateData: gives, clientKeyData: gives, expirationTimestamp: gives }),
});

/** What a plugin gave, https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-ExecCredential. */
export type ExecStatus = z.output<typeof credentialShape>["status"];

type Reason = "missing" | "late" | "too-much" | "failed" | "garbage" | "no-terminal" | "aborted";

/** Why a plugin gave no credentials; nothing that it printed on standard output is in it. */
export class ExecFailure extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface ExecOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Whether a person sits at a terminal, and may be asked: the plugin then gets it. */
  readonly terminal: boolean;
  /** Told what a plugin without a terminal says, line by line, at once: it may be a link and a code that somebody has to type. */
  readonly say: (words: string) => void;
  readonly signal: AbortSignal | undefined;
  /** In milliseconds; then the plugin is killed. */
  readonly timeoutMs?: number | undefined;
}

/** A login in a browser is given a quarter of an hour by those who offer it, in milliseconds. */
const personsMs = 15 * 60_000;
const machinesMs = 5 * 60_000;

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

async function run(exec: ExecEntry, cluster: ClusterEntry, options: ExecOptions): Promise<ExecStatus> {
  const mode = modeOf(exec);
  if (mode === "Always" && !options.terminal) throw new ExecFailure("no-terminal", "It wants a terminal, to ask a person.");
  const interactive = options.terminal && mode !== "Never";
  const { execa } = await import("execa");
  const started = execa(exec.command ?? "", exec.args ?? [], {
    reject: false,
    extendEnv: false,
    env: await environment(exec, cluster, { env: options.env, interactive }),
    stdin: interactive ? "inherit" : "ignore",
    stderr: options.terminal ? "inherit" : "pipe",
    killSignal: "SIGKILL",
    maxBuffer: mostBytes,
  });
  sayLines(started.stderr, options.say);
  const { failed, isMaxBuffer, code, stdout, stderr } = await inTime(started, options);
  if (code === "ENOENT") throw new ExecFailure("missing", "");
  if (isMaxBuffer) throw new ExecFailure("too-much", "It printed more than 1 MiB.");
  if (failed)
    throw new ExecFailure(
      "failed",
      stderr || (options.terminal ? "What it says stands above." : `It ended without a word (${code ?? "it failed"}).`),
    );
  return parsed(String(stdout), exec.apiVersion);
}

/** What it started may go on and hold its output open: nobody waits for that. */
async function inTime<T>(started: Promise<T> & Running, { timeoutMs, terminal, signal }: ExecOptions): Promise<T> {
  let said = "";
  started.stderr?.on("data", (chunk: Buffer) => (said = `${said}${chunk.toString("utf8")}`.slice(-mostWords)));
  const stopped = new AbortController();
  const interrupted = (): void => stopped.abort();
  // What was interrupted before goes on only to take away what must not stay, and needs its credentials.
  if (signal?.aborted === false) signal.addEventListener("abort", interrupted);
  try {
    const ended = await Promise.race([
      started,
      delay(timeoutMs ?? (terminal ? personsMs : machinesMs), undefined, { ref: false, signal: stopped.signal }).catch(() => undefined),
    ]);
    if (ended !== undefined) return ended;
  } finally {
    signal?.removeEventListener("abort", interrupted);
  }
  started.kill();
  for (const stream of [started.stdout, started.stderr]) stream?.destroy();
  throw new ExecFailure(stopped.signal.aborted ? "aborted" : "late", said === "" ? "" : `It said: ${said}`);
}

interface Running {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  kill(): boolean;
}

const mostWords = 2_000;
/** More lines than these are no help to anybody. */
const mostLines = 200;

function sayLines(stderr: Readable | null, say: (words: string) => void): void {
  if (stderr === null) return;
  let said = 0;
  const lines = createInterface({ input: stderr }).on("error", () => undefined);
  lines.on("line", (line) => {
    if (line.trim() === "" || (said += 1) > mostLines) return;
    say(clean(line));
  });
}

/** What the parser says would show what the plugin printed. */
function parsed(text: string, apiVersion: string | undefined): ExecStatus {
  const found = credentialShape.safeParse(boundedJson(text));
  if (!found.success) throw new ExecFailure("garbage", "It did not print an ExecCredential.");
  const { status } = found.data;
  const { token, clientCertificateData: certificate, clientKeyData: key } = status;
  if (found.data.apiVersion !== apiVersion) throw new ExecFailure("garbage", `It did not print an ExecCredential of ${apiVersion}.`);
  if ((certificate === undefined) !== (key === undefined)) throw new ExecFailure("garbage", "It gave a certificate or a key, not both.");
  if (token === undefined && certificate === undefined) throw new ExecFailure("garbage", "It gave neither a token nor a certificate.");
  return status;
}

/**
 * The plugin's environment: ours without our own secrets, its own, and KUBERNETES_EXEC_INFO, as kubectl sets it.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
async function environment(
  exec: ExecEntry,
  cluster: ClusterEntry,
  { env, interactive }: { readonly env: NodeJS.ProcessEnv; readonly interactive: boolean },
): Promise<Record<string, string>> {
  const spec = { ...(exec.provideClusterInfo === true && { cluster: await clusterInfo(cluster) }), interactive };
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !isOurs(entry[0]));
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries((exec.env ?? []).map(({ name = "", value = "" }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify({ kind: "ExecCredential", apiVersion: exec.apiVersion, spec }),
  };
}

/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster */
async function clusterInfo(cluster: ClusterEntry): Promise<Record<string, unknown>> {
  const file = cluster["certificate-authority"];
  const ca = file === undefined ? cluster["certificate-authority-data"] : (await readFile(file)).toString("base64");
  const insecure = cluster["insecure-skip-tls-verify"] === true;
  const config = (cluster.extensions ?? []).find((one) => one?.name === "client.authentication.k8s.io/exec")?.extension;
  return {
    server: cluster.server,
    "tls-server-name": cluster["tls-server-name"],
    "insecure-skip-tls-verify": insecure || undefined,
    "certificate-authority-data": ca?.replaceAll(/[\r\n]/g, ""),
    "proxy-url": cluster["proxy-url"],
    "disable-compression": cluster["disable-compression"] || undefined,
    config: config ?? null,
  };
}
