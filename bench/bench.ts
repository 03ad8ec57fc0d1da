// npm run bench: vault-k8s beside the commands that one types instead, as ratios of one run. `npm run bench -- start` needs no lab.
import { availableParallelism, loadavg } from "node:os";
import { columns } from "./columns.ts";
import { inLabOfItsOwn } from "./lab.ts";
import { count, type Counts } from "./counts.ts";
import { own, startTimes } from "./startup.ts";
import { measure, pairNames, pairs, type Figures, type Pair, type Side } from "./wiring.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);
const roundTrips = [0, 20, 100] as const;
const allowed = 1.8;

const ratio = (more: number, less: number): string => (more / less).toFixed(1);
const section = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): void =>
  console.log(`\n${title}; load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores\n\n${columns(head, rows)}`);

/** Whether --help is as quick as it has to be. */
function start(others: Parameters<typeof startTimes>[0]): boolean {
  const all = startTimes({ ...own, ...others }, rounds * 8);
  const bare = all["node -e 0"]?.milliseconds ?? Number.NaN;
  section(
    `Start, bare Node ${bare.toFixed(0)} ms`,
    ["program", "times bare Node", "MB"],
    Object.entries(all).map(([name, { milliseconds, memory }]) => [name, (milliseconds / bare).toFixed(2), memory.toFixed(0)]),
  );
  const help = (all["vault-k8s --help"]?.milliseconds ?? Number.NaN) / bare;
  console.log(`\n--help may take ${allowed} times bare Node; it takes ${help.toFixed(2)}.`);
  return help <= allowed;
}

/** How many times as long the script takes; and how many round trips go in a row, which the longest way shows. */
function speed(figures: ReadonlyMap<number, Figures>): void {
  const of = (pair: Pair, trip: number, side: Side): number => figures.get(trip)?.[pair][side] ?? Number.NaN;
  const longest = Math.max(...roundTrips);
  const inRow = (pair: Pair, side: Side): string => ((of(pair, longest, side) - of(pair, 0, side)) / longest).toFixed(0);
  section(
    "How many times as long the script takes, by round trip",
    [
      "vault-k8s",
      "beside",
      ...roundTrips.map((trip) => `${trip} ms`),
      "round trips in a row",
      "of the script",
      "ms at 0 ms",
      "of the script",
    ],
    pairNames.map((pair) => [
      pair,
      `article.sh ${pairs[pair].theirs}`,
      ...roundTrips.map((trip) => ratio(of(pair, trip, "theirs"), of(pair, trip, "ours"))),
      inRow(pair, "ours"),
      inRow(pair, "theirs"),
      of(pair, 0, "ours").toFixed(0),
      of(pair, 0, "theirs").toFixed(0),
    ]),
  );
}

function requests(counts: Readonly<Record<Side, Readonly<Record<Pair, Counts>>>>): void {
  const cells = ({ kube, vault, cpu, memory }: Counts): string[] => [String(kube), String(vault), cpu.toFixed(0), memory.toFixed(0)];
  section(
    "Requests, processor time and memory",
    ["vault-k8s", "to Kubernetes", "to Vault", "ms CPU", "MB", "script: to Kubernetes", "to Vault", "ms CPU", "MB"],
    pairNames.map((pair) => [pair, ...cells(counts.ours[pair]), ...cells(counts.theirs[pair])]),
  );
}

async function all(): Promise<boolean> {
  return inLabOfItsOwn(async (place, programs) => {
    const quick = start(programs);
    const figures = new Map<number, Figures>();
    for (const trip of roundTrips) figures.set(trip, await measure(place, trip, rounds));
    speed(figures);
    requests(await count(place));
    return quick;
  });
}

process.exitCode = (process.argv[2] === "start" ? start({}) : await all()) ? 0 : 1;
