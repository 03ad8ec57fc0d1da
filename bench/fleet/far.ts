import { connect, type Socket } from "node:net";

/** Makes the way of a connection longer: a round trip until it is there, and half of one each way. */
export function forwardTo(client: Socket, port: number, roundTripMs: number): void {
  const server = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  forward(client, server, roundTripMs / 2, roundTripMs);
  forward(server, client, roundTripMs / 2, 0);
}

/** Each piece goes on so long after it came, in the order of coming. */
function forward(from: Socket, to: Socket, halfMs: number, firstMs: number): void {
  const opensAt = performance.now() + firstMs;
  const later = (then: () => void): void => void setTimeout(then, Math.max(halfMs, opensAt - performance.now()));
  from.on("data", (piece) => later(() => void (to.destroyed || to.write(piece))));
  from.on("end", () => later(() => void to.end()));
  from.on("error", () => to.destroy());
  from.on("close", () => later(() => to.destroySoon()));
}
