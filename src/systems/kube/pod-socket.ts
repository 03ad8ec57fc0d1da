import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { WebSocket } from "ws";
import { clean } from "../words.ts";

/** A frame of the kubelet has at most 32 KiB; one that is far larger is not its. */
const largestFrame = 4 * 1024 * 1024;
const openMs = 15_000;

export interface PodSocketRequest {
  readonly namespace: string;
  readonly pod: string;
  /** portforward or exec, with its query. */
  readonly subresource: string;
  /** Called before the socket is open, so that no message is missed. */
  readonly listen: (socket: WebSocket) => void;
}

/**
 * Opens a WebSocket to a pod, with the protocol v4.channel.k8s.io: each message begins with the number of its channel.
 * @throws the WebSocket's own Error; "Unexpected server response: 404" tells a status.
 */
export async function openPodSocket(config: KubeConfig, { namespace, pod, subresource, listen }: PodSocketRequest): Promise<WebSocket> {
  const { WebSocket: Socket } = await import("ws");
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const server = config.getCurrentCluster()?.server ?? "";
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/${subresource}`;
  // What cannot be followed, compressed or of any size is refused by the library.
  const socket = new Socket(`${server.replace(/^http/, "ws")}${path}`, ["v4.channel.k8s.io"], {
    ...(options as object),
    followRedirects: false,
    perMessageDeflate: false,
    handshakeTimeout: openMs,
    maxPayload: largestFrame,
  });
  socket.on("error", () => undefined);
  listen(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve).once("error", reject);
    socket.once("unexpected-response", (_request, response) => void refusal(response).then(reject));
  });
  return socket;
}

/** An answer in the place of a WebSocket. Its words are the library's, with what the server's Status says. */
class Refusal extends Error {
  readonly said: string | undefined;
  constructor(status: number | undefined, said: string | undefined) {
    super(`Unexpected server response: ${status}`);
    this.said = said;
  }
}

/** More of an answer is not read, in bytes. */
const longestAnswer = 64 * 1024;

async function refusal(response: IncomingMessage): Promise<Refusal> {
  let body = "";
  try {
    for await (const chunk of response) if ((body += String(chunk)).length > longestAnswer) break;
  } catch {
    // What came is enough.
  }
  response.destroy();
  return new Refusal(response.statusCode, messageIn(body));
}

function messageIn(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === "string" && message !== "" ? clean(message).replace(/\.$/, "") : undefined;
  } catch {
    return undefined;
  }
}

/** What the server's Status said when it refused a WebSocket. */
export const saidBy = (error: unknown): string | undefined => (error instanceof Refusal ? error.said : undefined);

/** The channel and the bytes of a message; undefined where it is none of this protocol. */
export function channelOf(data: unknown, isBinary: boolean): { readonly channel: number; readonly bytes: Buffer } | undefined {
  const channel = isBinary && Buffer.isBuffer(data) ? data[0] : undefined;
  return channel === undefined ? undefined : { channel, bytes: (data as Buffer).subarray(1) };
}

/** The status that a server answered with in the place of a WebSocket. Other words of the error hold the request with its credentials. */
export function refusedWith(error: unknown): string | undefined {
  const { message } = error as { message?: unknown };
  return typeof message === "string" ? /Unexpected server response: (\d+)/.exec(message)?.[1] : undefined;
}
