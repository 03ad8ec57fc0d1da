import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { WebSocket } from "ws";

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** A frame of the kubelet has at most 32 KiB; one that is far larger is not its. */
const largestFrame = 4 * 1024 * 1024;
const openMs = 15_000;

/** Told what comes: bytes of the connection, and what the kubelet complains of. */
export interface PortListener {
  bytes(bytes: Buffer): void;
  complaint(words: string): void;
}

/**
 * Opens a port-forward over a WebSocket. Channel 0 is the connection, channel 1 its complaints; each begins with the port in two
 * bytes: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ (portforward), protocol v4.channel.k8s.io.
 * @throws the WebSocket's own Error; "Unexpected server response: 404" tells a status.
 */
export async function openPortForward(config: KubeConfig, { namespace, pod, port }: PodPort, listener: PortListener): Promise<WebSocket> {
  const { WebSocket: Socket } = await import("ws");
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const server = config.getCurrentCluster()?.server ?? "";
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward?ports=${port}`;
  // What cannot be followed, compressed or of any size is refused by the library.
  const socket = new Socket(`${server.replace(/^http/, "ws")}${path}`, ["v4.channel.k8s.io"], {
    ...(options as object),
    followRedirects: false,
    perMessageDeflate: false,
    handshakeTimeout: openMs,
    maxPayload: largestFrame,
  });
  listen(socket, listener);
  await new Promise<void>((resolve, reject) => void socket.once("open", resolve).once("error", reject));
  return socket;
}

function listen(socket: WebSocket, listener: PortListener): void {
  const begun = new Set<number>();
  socket
    .on("error", () => undefined)
    .on("message", (data, isBinary) => {
      const [channel, bytes] = isBinary && Buffer.isBuffer(data) ? [data[0], data.subarray(1)] : [undefined, Buffer.alloc(0)];
      if (channel !== 0 && channel !== 1) return socket.close();
      const rest = begun.has(channel) ? bytes : bytes.subarray(2);
      begun.add(channel);
      if (rest.length === 0) return;
      if (channel === 0) listener.bytes(rest);
      else listener.complaint(rest.toString("utf8"));
    });
}
