import { join } from "node:path";
import { median, milliseconds, type Candidate } from "./measure.ts";
import { cluster, unwire, type Place } from "./place.ts";
import { startProxy } from "./proxy.ts";

/** What is measured, each beside what one would type instead (article.sh). The order is that of a round. */
export const pairs = {
  "further cluster": { ours: "bootstrap", theirs: "wire" },
  "no-op": { ours: "bootstrap", theirs: "wire" },
  plan: { ours: "plan", theirs: "look" },
  verify: { ours: "verify", theirs: "prove" },
  status: { ours: "status", theirs: "look" },
} as const;

export type Pair = keyof typeof pairs;
export type Side = "ours" | "theirs";
export const pairNames = Object.keys(pairs) as readonly Pair[];

/** Milliseconds of both, for each pair. */
export type Figures = Readonly<Record<Pair, Readonly<Record<Side, number>>>>;

/** One command line of a pair, on the lab's network. */
export function candidate({ lab, env, flags }: Place, name: Pair, side: Side): Candidate {
  const { ours, theirs } = pairs[name];
  const command = side === "ours" ? ["vault-k8s", ours, ...flags] : ["sh", join(import.meta.dirname, "article.sh"), theirs, cluster];
  return { command: lab.onNetwork(command), env, cwd: lab.work };
}

/** The medians of so many rounds with that round trip, in milliseconds, to the API server and to Vault. */
export async function measure(place: Place, roundTrip: number, rounds: number): Promise<Figures> {
  const times = pairNames.map((name) => ({ name, ours: [] as number[], theirs: [] as number[] }));
  await through(place, roundTrip, async () => {
    for (let round = 0; round < rounds; round++) {
      for (const side of ["ours", "theirs"] as const) {
        await unwire(place);
        for (const each of times) each[side].push(milliseconds(candidate(place, each.name, side)));
      }
    }
  });
  return Object.fromEntries(times.map(({ name, ours, theirs }) => [name, { ours: median(ours), theirs: median(theirs) }])) as Figures;
}

/** Works while the ways are that long. */
export async function through<T>(place: Place, roundTrip: number, work: () => Promise<T>): Promise<T> {
  const proxies = await Promise.all(place.ways.map((way) => startProxy(place.lab, way, roundTrip)));
  try {
    return await work();
  } finally {
    for (const proxy of proxies) proxy.kill();
  }
}
