import { Duplex } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import type { WebSocket } from "ws";
import { clean } from "../words.ts";
import { refusedWith } from "./pod-socket.ts";
import { isProxys } from "../http/proxy-dial.ts";
import { openPortForward, type PodPort } from "./port-forward.ts";

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
  wire: WebSocket | undefined;
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

  override _read(): void {
    if (this.wire?.isPaused === true) this.wire.resume();
  }

  /** Takes what came; where it comes faster than it is read, the server has to wait. */
  receive(bytes: Buffer): void {
    if (!this.push(bytes)) this.wire?.pause();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.wire?.send(Buffer.concat([Buffer.from([0]), chunk]), (error) => done(error ?? null));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.wire?.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.wire?.terminate();
    done(error);
  }
}

/**
 * Opens a port-forward to a pod and gives it as a stream; no local port is opened.
 * @throws an Error with a code as above. A port that is closed is told only after the stream was given: it then breaks with TUNNEL_CLOSED.
 */
export async function openTunnel(config: KubeConfig, target: PodPort): Promise<Duplex> {
  const socket = new TunnelSocket();
  socket.on("error", () => undefined);
  const wire = await openPortForward(config, target, {
    bytes: (bytes) => (socket.destroyed ? undefined : socket.receive(bytes)),
    complaint: (words) => void socket.destroy(complaint(target, words)),
  }).catch((error: unknown) => {
    throw notOpened(target, error);
  });
  socket.wire = wire;
  wire.once("close", () => {
    if (socket.destroyed) return;
    socket.push(null);
    socket.destroy(new TunnelError("the port-forward ended", "TUNNEL_LOST"));
  });
  // The port's complaint may have come together with the opening, before anybody listens for errors.
  if (!socket.destroyed && wire.readyState === wire.OPEN) return socket;
  wire.terminate();
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

function notOpened({ namespace, pod }: PodPort, error: unknown): TunnelError {
  const status = refusedWith(error);
  if (isProxys(error)) return new TunnelError(error.message);
  if (status === "404") return new TunnelError(`there is no pod ${namespace}/${pod}`);
  if (status === "401" || status === "403")
    return new TunnelError(`you may not port-forward to pod ${namespace}/${pod} (verbs get and create on pods/portforward)`);
  return new TunnelError(
    status === undefined
      ? "the API server did not open a port-forward"
      : `the API server answered ${status} to a port-forward to pod ${namespace}/${pod}`,
  );
}
