import { createServer, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A port of this machine that carries to Vault. */
export interface LocalListener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1, on a port that the system chooses, and carries each connection as it is: no token is added and no TLS ended.
 * @param dial opens a connection to Vault; where it fails, the caller's connection is closed
 */
export async function listenLocally(dial: () => Promise<Duplex>): Promise<LocalListener> {
  const open = new Set<Duplex>();
  const server = createServer((socket) => void carry(socket, dial, open));
  await new Promise<void>((resolve, reject) => void server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const stream of open) stream.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

async function carry(socket: Socket, dial: () => Promise<Duplex>, open: Set<Duplex>): Promise<void> {
  const ends = (stream: Duplex, other: () => Duplex | undefined): void => {
    open.add(stream);
    stream
      .on("error", () => undefined)
      .once("close", () => {
        open.delete(stream);
        other()?.destroy();
      });
  };
  let tunnel: Duplex | undefined;
  ends(socket, () => tunnel);
  tunnel = await dial().catch(() => undefined);
  if (tunnel === undefined || socket.destroyed) return void [socket, tunnel].forEach((stream) => stream?.destroy());
  ends(tunnel, () => socket);
  socket.pipe(tunnel).pipe(socket);
}
