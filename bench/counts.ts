import { readFileSync } from "node:fs";
import { auditSettled, vaultRequestsSince } from "../test/lab/testing/writes.ts";
import { kubectlJson } from "../test/lab/testing/product.ts";
import { vaultCli } from "../test/lab/testing/vault.ts";
import { milliseconds } from "./measure.ts";
import { costOf, type Cost } from "./memory.ts";
import { cluster, home, unwire, type Place } from "./place.ts";
import { candidate, pairNames, through, type Pair, type Side } from "./wiring.ts";

/** What one run of a command sends, and what it takes. */
export interface Counts extends Cost {
  readonly kube: number;
  /** The operator's own are among them: it looks at a store when that changes. */
  readonly vault: number;
}

/** Counts what a run of each command sends, and then what another run takes; not timed. */
export async function count(place: Place): Promise<Readonly<Record<Side, Readonly<Record<Pair, Counts>>>>> {
  const enabled = await vaultCli(place.lab, home, ["audit", "enable", "file", "file_path=stdout"]);
  if (enabled.exitCode !== 0) throw new Error(enabled.stderr);
  return through(place, 0, async () => ({ ours: await countSide(place, "ours"), theirs: await countSide(place, "theirs") }));
}

async function countSide(place: Place, side: Side): Promise<Record<Pair, Counts>> {
  const all: [Pair, Counts][] = [];
  for (const name of pairNames) {
    await begin(place, name);
    const sent = await requests(place, () => void milliseconds(candidate(place, name, side)));
    await begin(place, name);
    all.push([name, { ...sent, ...costOf(candidate(place, name, side)) }]);
  }
  return Object.fromEntries(all) as Record<Pair, Counts>;
}

/** A further cluster is one that has nothing yet; all else goes on with what is there. */
async function begin(place: Place, name: Pair): Promise<void> {
  if (name === "further cluster") await unwire(place);
}

async function requests({ lab }: Place, run: () => void): Promise<{ readonly kube: number; readonly vault: number }> {
  await auditSettled(lab, cluster);
  const [log, since] = [lab.auditLog(cluster), new Date()];
  const { status } = await kubectlJson<{ status: { userInfo: { username: string } } }>(lab, cluster, ["auth", "whoami"]);
  const before = readFileSync(log, "utf8").length;
  run();
  const vault = (await vaultRequestsSince(lab, home, since)).length;
  await auditSettled(lab, cluster);
  const entries = readFileSync(log, "utf8").slice(before).split("\n");
  const own = entries.filter((line) => line.includes(`"username":"${status.userInfo.username}"`));
  // The last two lines of ours are the question who we are, before, and the marker that the log has got so far.
  return { kube: own.length - 1, vault };
}
