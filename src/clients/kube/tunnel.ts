import { Duplex, PassThrough, Writable } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import { clean } from "../words.ts";

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Why a tunnel cannot be opened or went away. TUNNEL, and TUNNEL_CLOSED where nothing listens: nothing was sent. TUNNEL_LOST: it may have been. */
class TunnelError extends Error {
  readonly code: string;
  constructor(message: string, code = "TUNNEL") {
    super(message);
    this.code = code;
  }
}

/** What Node's HTTP agent calls on a socket, on a stream that has no socket of its own. */
class TunnelSocket extends Duplex {
  readonly toPod = new PassThrough();
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.toPod.write(chunk);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.toPod.end();
    done();
  }
}

/**
 * Opens a port-forward to a pod and gives it as a stream; no local port is opened. Through the API server,
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ (portforward).
 * @throws an Error with a code as above. A port that is closed is told only after the stream was given: it then breaks with TUNNEL_CLOSED.
 */
export async function openTunnel(config: KubeConfig, target: PodPort): Promise<Duplex> {
  const { PortForward } = await import("@kubernetes/client-node");
  const socket = new TunnelSocket();
  socket.on("error", () => undefined);
  const fromPod = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      socket.push(chunk);
      done();
    },
  });
  const complaints = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (chunk.length > 0) socket.destroy(complaint(target, chunk.toString("utf8")));
      done();
    },
  });
  const opened = await new PortForward(config)
    .portForward(target.namespace, target.pod, [target.port], fromPod, complaints, socket.toPod)
    .catch((error: unknown) => {
      throw notOpened(target, error);
    });
  if (typeof opened === "function") throw new TunnelError("the port-forward did not open");
  socket.once("close", () => opened.close());
  opened.addEventListener("close", () => {
    if (!socket.destroyed) {
      socket.push(null);
      socket.destroy(new TunnelError("the port-forward ended", "TUNNEL_LOST"));
    }
  });
  // The port's complaint may have come together with the opening, before anybody listens for errors.
  if (!socket.destroyed) return socket;
  opened.close();
  throw socket.errored ?? new TunnelError("the port-forward ended", "TUNNEL_LOST");
}

/**
 * What the kubelet says on the error stream. Only a refused connection is certain to have carried nothing: that a connection
 * broke is told with much the same words.
 */
function complaint({ namespace, pod, port }: PodPort, words: string): TunnelError {
  if (/connection refused/i.test(words))
    return new TunnelError(`nothing listens on port ${port} of pod ${namespace}/${pod}`, "TUNNEL_CLOSED");
  return new TunnelError(`the port-forward to pod ${namespace}/${pod} broke: ${clean(words)}`, "TUNNEL_LOST");
}

/** client-node rejects with the WebSocket's error event, which holds the request with its credentials: only a status is taken from it. */
function notOpened({ namespace, pod }: PodPort, error: unknown): TunnelError {
  const message = (error as { message?: unknown }).message;
  const status = typeof message === "string" ? /Unexpected server response: (\d+)/.exec(message)?.[1] : undefined;
  if (status === "404") return new TunnelError(`there is no pod ${namespace}/${pod}`);
  if (status === "401" || status === "403")
    return new TunnelError(`you may not port-forward to pod ${namespace}/${pod} (verbs get and create on pods/portforward)`);
  return new TunnelError(
    status === undefined
      ? "the API server did not open a port-forward"
      : `the API server answered ${status} to a port-forward to pod ${namespace}/${pod}`,
  );
}
