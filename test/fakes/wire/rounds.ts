import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

/** How many turns of the event loop nothing may happen until what was sent counts as all that was sent at once. */
const stillTurns = 20;

/**
 * A network on which only the way takes time: what servers answer is held until nobody has anything to do but wait, and is then let through at
 * once. Each time is a round trip. So what is counted is what rests on what: opening a connection, a handshake, and each answer that a question
 * waits for. How fast the machine is does not count.
 */
export class Rounds {
  /** Round trips that are over. */
  round = 0;
  /** Connections that were opened. */
  connections = 0;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #busy: () => boolean;
  #held: (() => void)[] = [];
  #still = 0;
  #watching = false;

  /** @param busy Whether a server is at work on an answer. */
  constructor(busy: () => boolean) {
    this.#busy = busy;
  }

  /** Counts from here on. */
  begin(): void {
    this.round = 0;
    this.connections = 0;
  }

  /** The way to a server over this network: its address there. */
  async wayTo(url: string): Promise<string> {
    const { protocol, port } = new URL(url);
    const server = createServer((near) => this.#join(near, Number(port)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.#servers.push(server);
    return `${protocol}//127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #join(near: Socket, port: number): void {
    this.connections += 1;
    const far = connect({ port, host: "127.0.0.1", noDelay: true });
    near.setNoDelay(true).pause();
    // The server's half of opening a connection.
    this.#hold(() => void near.resume());
    near.on("data", (bytes) => void [this.#moved(), far.write(bytes)]).on("close", () => far.destroy());
    far.on("data", (bytes) => this.#hold(() => void (near.writable && near.write(bytes)))).on("close", () => this.#hold(() => near.end()));
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
    }
  }

  #hold(release: () => void): void {
    this.#held.push(release);
    this.#moved();
  }

  #moved(): void {
    this.#still = 0;
    if (this.#watching) return;
    this.#watching = true;
    setImmediate(() => this.#watch());
  }

  #watch(): void {
    if (this.#busy() || readsFiles()) this.#still = 0;
    this.#still += 1;
    if (this.#still < stillTurns) return void setImmediate(() => this.#watch());
    this.#watching = false;
    const held = this.#held;
    this.#held = [];
    if (held.length === 0) return;
    this.round += 1;
    for (const release of held) release();
    this.#moved();
  }
}

/** Who reads a file has still something to do. */
const readsFiles = (): boolean => process.getActiveResourcesInfo().some((kind) => /^(fsreq|filehandle)/i.test(kind));
