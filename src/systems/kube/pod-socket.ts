import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { WebSocket } from "ws";

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
  await new Promise<void>((resolve, reject) => void socket.once("open", resolve).once("error", reject));
  return socket;
}

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
