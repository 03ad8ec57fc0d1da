// A TCP proxy that makes the way longer: bench/delay.ts LISTEN TARGET MILLISECONDS, with addresses as HOST:PORT. Says "ready" when it listens.
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const [listen = "", target = "", roundTrip = "0"] = process.argv.slice(2);
const half = Number(roundTrip) / 2;

/** Half a round trip each way. What the client says first comes a whole one later: so long a connection takes to be made, which is at once here. */
createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const server = connect({ ...addressOf(target), noDelay: true, allowHalfOpen: true });
  forward(client, server, delay(half * 2));
  forward(server, client, Promise.resolve());
}).listen(addressOf(listen), () => console.log("ready"));

function addressOf(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(":");
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}

/** Each piece goes on half a round trip after it came, in the order of coming; nothing is held back by what is before it on its way. */
function forward(from: Socket, to: Socket, opened: Promise<unknown>): void {
  let last = opened;
  const later = (then: () => void): void => {
    // What comes while the connection is still being made sets out when that is done.
    const arrived = half === 0 ? undefined : opened.then(() => delay(half));
    last = Promise.all([last, arrived]).then(then);
  };
  from.on("data", (piece) => later(() => void (to.destroyed || to.write(piece))));
  from.on("end", () => later(() => void to.end()));
  from.on("error", () => to.destroy());
  from.on("close", () => later(() => to.destroySoon()));
}
