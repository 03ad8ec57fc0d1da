import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { FakeKube } from "../../test/fakes/kube/kube.ts";
import { Line } from "../../test/fakes/wire/line.ts";
import { forwardTo } from "./far.ts";

const token = "bench-operator";

/** Light API servers, each with its own CA, tokens and objects, a round trip away. */
export interface Clusters {
  readonly all: readonly { readonly name: string; readonly server: string; readonly ca: string }[];
  readonly token: string;
  /** Requests of others than Vault since the last call. */
  requests(): number;
  stop(): Promise<void>;
}

/** Starts so many. @param roundTripMs how far away they are */
export async function startClusters(count: number, roundTripMs: number): Promise<Clusters> {
  const line = new Line();
  const kubes = await Promise.all(
    Array.from({ length: count }, (_, index) => new FakeKube({ name: `c${index}`, line, people: { [token]: "operator" } }).start()),
  );
  const ways = await Promise.all(kubes.map(({ url }) => far(Number(new URL(url).port), roundTripMs)));
  return {
    token,
    all: kubes.map(({ name, authority }, index) => ({ name, server: `https://127.0.0.1:${portOf(ways[index]!)}`, ca: authority.ca })),
    requests: () => line.journal.splice(0).filter(({ identity }) => identity === "operator").length,
    stop: async () => {
      for (const way of ways) way.close();
      await Promise.all(kubes.map((kube) => kube.stop()));
    },
  };
}

const portOf = (way: Server): number => (way.address() as AddressInfo).port;

async function far(port: number, roundTripMs: number): Promise<Server> {
  const way = createServer({ noDelay: true, allowHalfOpen: true }, (client) => forwardTo(client, port, roundTripMs));
  await new Promise<void>((resolve) => way.listen(0, "127.0.0.1", resolve));
  return way;
}
