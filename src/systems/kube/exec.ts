import type { KubeConfig } from "@kubernetes/client-node";
import type { WebSocket } from "ws";
import { failure, kinds } from "../../errors.ts";
import { isProxys } from "../http/proxy-dial.ts";
import { kubectlIn } from "../kubectl.ts";
import { clean } from "../words.ts";
import { channelOf, openPodSocket, refusedWith, saidBy } from "./pod-socket.ts";

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Where something failed, and how a person gets there. */
interface Failing extends ExecTarget {
  readonly context: string;
}

/** The commands that are sent take moments and say little. */
const longestMs = 30_000;
const largestOutput = 1024 * 1024;

/** What a command said, and how it ended. */
interface Ended {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly message: string;
}

/**
 * Runs a command in a pod and gives its standard output. Channels 1 and 2 are its outputs, channel 3 a Status at its end:
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ (exec).
 * @throws CliError VK1105 when it is not allowed, VK1107 when it fails.
 */
export async function execInPod(config: KubeConfig, target: ExecTarget, command: readonly string[]): Promise<string> {
  const at = { ...target, context: config.currentContext };
  const { promise, resolve } = Promise.withResolvers<Ended | undefined>();
  const query = new URLSearchParams({ container: target.container, stdout: "true", stderr: "true" });
  for (const word of command) query.append("command", word);
  const timer = setTimeout(() => resolve(undefined), longestMs);
  const socket = await openPodSocket(config, {
    ...target,
    subresource: `exec?${query.toString()}`,
    listen: (opened) => listen(opened, resolve),
  }).catch((error: unknown) => {
    clearTimeout(timer);
    throw isProxys(error) ? failed(at, capital(`${error.message}.`)) : notStarted(at, refusedWith(error), saidBy(error));
  });
  const ended = await promise;
  clearTimeout(timer);
  socket.terminate();
  if (ended === undefined) throw failed(at, "It did not end, or said too much.");
  if (!ended.ok) throw failed(at, clean(ended.stderr) || clean(ended.message) || "It ended with an error.");
  return ended.stdout;
}

function listen(socket: WebSocket, end: (ended: Ended | undefined) => void): void {
  const said: Record<number, Buffer[]> = { 1: [], 2: [], 3: [] };
  let size = 0;
  const text = (channel: number): string => Buffer.concat(said[channel] ?? []).toString("utf8");
  socket
    .on("message", (data, isBinary) => {
      const message = channelOf(data, isBinary);
      size += message?.bytes.length ?? 0;
      const kept = message === undefined ? undefined : said[message.channel];
      if (message === undefined || kept === undefined || size > largestOutput) return end(undefined);
      kept.push(message.bytes);
      const status = message.channel === 3 ? parsed(text(3)) : undefined;
      if (status !== undefined) end({ ok: status.status === "Success", stdout: text(1), stderr: text(2), message: status.message ?? "" });
    })
    .on("close", () => end(undefined));
}

function parsed(text: string): { readonly status?: string; readonly message?: string } | undefined {
  try {
    return JSON.parse(text) as { status?: string; message?: string };
  } catch {
    return undefined;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const failed = ({ namespace, pod, container, context }: Failing, why: string) =>
  failure(kinds.kubeFailed, {
    what: `A command in pod ${namespace}/${pod} failed`,
    why,
    fix: `Look at the pod: ${kubectlIn(context)} logs ${pod} -n ${namespace} -c ${container}`,
  });

function notStarted({ namespace, pod, container, context }: Failing, status: string | undefined, said: string | undefined) {
  if (status === "401" || status === "403")
    return failure(kinds.kubeForbidden, {
      what: `You may not run a command in pod ${namespace}/${pod}`,
      why: "It needs the verbs get and create on pods/exec.",
      fix: "Ask for them, or have somebody who has them run this command.",
    });
  return failure(kinds.kubeFailed, {
    what: `A command could not be started in pod ${namespace}/${pod}`,
    why: status === undefined ? undefined : `The API server answered ${status}${said === undefined ? "" : `: ${said}`}.`,
    fix: `Look whether the pod and its container ${container} run: ${kubectlIn(context)} get pod ${pod} -n ${namespace}`,
  });
}
