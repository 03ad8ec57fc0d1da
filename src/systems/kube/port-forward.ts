import type { KubeConfig } from "@kubernetes/client-node";
import type { WebSocket } from "ws";
import { channelOf, openPodSocket } from "./pod-socket.ts";

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Told what comes: bytes of the connection, and what the kubelet complains of. */
export interface PortListener {
  bytes(bytes: Buffer): void;
  complaint(words: string): void;
}

/**
 * Opens a port-forward over a WebSocket. Channel 0 is the connection, channel 1 its complaints; each begins with the port in two
 * bytes: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ (portforward).
 * @throws the WebSocket's own Error; "Unexpected server response: 404" tells a status.
 */
export function openPortForward(config: KubeConfig, { namespace, pod, port }: PodPort, listener: PortListener): Promise<WebSocket> {
  return openPodSocket(config, { namespace, pod, subresource: `portforward?ports=${port}`, listen: (socket) => listen(socket, listener) });
}

function listen(socket: WebSocket, listener: PortListener): void {
  const begun = new Set<number>();
  socket.on("message", (data, isBinary) => {
    const message = channelOf(data, isBinary);
    if (message === undefined || message.channel > 1) return socket.close();
    const { channel, bytes } = message;
    const rest = begun.has(channel) ? bytes : bytes.subarray(2);
    begun.add(channel);
    if (rest.length === 0) return;
    if (channel === 0) listener.bytes(rest);
    else listener.complaint(rest.toString("utf8"));
  });
}
