import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";

const roundTrip = 60;
const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

/** Where the proxy listens, in front of a server that sends back what it gets, and ends when the client does. */
async function proxied(): Promise<number> {
  const echo = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket));
  ends.push(() => echo.close());
  const target = await listening(echo);
  const free = createServer();
  const port = await listening(free);
  free.close();
  const program = join(import.meta.dirname, "../../bench/delay.ts");
  const child = spawn(process.execPath, [program, `127.0.0.1:${port}`, `127.0.0.1:${target}`, String(roundTrip)]);
  ends.push(() => child.kill());
  await once(child.stdout, "data");
  return port;
}

describe("the proxy of the bench", () => {
  it("makes the way longer, loses nothing, keeps the order, and passes the end on", async () => {
    const socket = connect({ port: await proxied(), host: "127.0.0.1", allowHalfOpen: true });
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, place) => place % 251));
    const begun = performance.now();
    const first = once(socket, "data").then(() => performance.now() - begun);
    const all = buffer(socket);
    socket.end(sent);
    // One for the connection, one for what was said and its answer. Timers end a moment early at times.
    expect(await first).toBeGreaterThanOrEqual(2 * roundTrip - 5);
    expect((await all).equals(sent)).toBe(true);
  });
});
