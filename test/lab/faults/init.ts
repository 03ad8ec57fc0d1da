import { rmSync } from "node:fs";
import { join } from "node:path";
import { command, type Fault, type FaultRun, type Person } from "./command.ts";
import type { Place, Row, Vaults } from "./points.ts";
import { proven } from "./proven.ts";
import type { Seal } from "./vaults.ts";

const init = ["operator", "init"];

/** The boundaries of a whole init. */
export const initBoundaries = (vaults: Vaults): Promise<readonly string[]> =>
  vaults.with(async ({ vault, person }) => (await command(vault, person, init)).boundaries);

/** Kills `operator init` before one of its boundaries, runs it again, and judges what is left. */
export function killInit(vaults: Vaults, at: number): Promise<Row> {
  return vaults.with(async (place) => {
    const killed = await command(place.vault, place.person, init, { at });
    const ended = killed.boundaries.length < at;
    const row = await judge(place, { at, point: ended ? "it had ended" : (killed.boundaries.at(-1) ?? "") });
    return ended && row.kind === "goes on" && killed.exitCode === 0 ? { ...row, kind: "ended" } : row;
  });
}

/** `operator init` while something else goes wrong; it is not killed. */
export function harmInit(vaults: Vaults, title: string, fault: Fault, prepare: (person: Person) => () => void): Promise<Row> {
  return vaults.with(async (place) => {
    const undo = prepare(place.person);
    try {
      const first = await command(place.vault, place.person, init, fault);
      rmSync(join(place.person.data, "full"), { force: true });
      return await judge(place, { at: 0, point: `${title}: exit ${first.exitCode}${codeIn(first)}` });
    } finally {
      undo();
    }
  });
}

const codeIn = ({ stderr }: FaultRun): string => / VK\d{4}/.exec(stderr)?.[0] ?? "";

/** Runs the same command again, and looks whether every key is there and none was made twice. */
async function judge({ vault, person }: Place, point: Pick<Row, "at" | "point">): Promise<Row> {
  const before = { seal: await vault.seal("vault-0"), keys: person.file("init.json") };
  const found = stateOf(person, before.seal);
  const next = await command(vault, person, init);
  const askedAgain = next.boundaries.some((name) => name.startsWith("POST /v1/sys/init") || name.startsWith("PUT /v1/sys/init"));
  if (before.seal.initialized && askedAgain) return { ...point, found, result: "a second init was sent", kind: "wrong" };
  if (before.keys !== undefined && person.file("init.json") !== before.keys)
    return { ...point, found, result: "the key file was overwritten", kind: "wrong" };
  return { ...point, found, ...(await outcome({ vault, person }, next)) };
}

function stateOf(person: Person, { initialized, sealed, progress }: Seal): string {
  const answer = person.file("init-answer.json")?.trim();
  const files = [
    person.file("init-under-way.json") === undefined ? undefined : "mark",
    answer === undefined ? undefined : answer === "" ? "room" : "answer",
    person.file("init.json") === undefined ? undefined : "keys",
  ].filter((word) => word !== undefined);
  const pod = !initialized ? "pod empty" : sealed ? `pod sealed${progress > 0 ? ` with ${progress} keys` : ""}` : "pod unsealed";
  return `${pod}, ${files.join(" and ") || "no file"}`;
}

async function outcome({ vault, person }: Place, next: FaultRun): Promise<Pick<Row, "result" | "kind">> {
  if (next.exitCode === 0) return proven(vault, person);
  if (next.exitCode !== 1 || !next.stderr.includes("VK1503"))
    return { result: `exit ${next.exitCode}: ${next.stderr.slice(-300)}`, kind: "wrong" };
  if (person.file("init.json") !== undefined || person.file("init-answer.json")?.trim() !== "")
    return { result: "VK1503 although the keys are there", kind: "wrong" };
  const wiped = await command(vault, person, [...init, "--wipe-lost", "eks-prod"]);
  if (wiped.exitCode !== 0)
    return { result: `VK1503, and the wipe ended with ${wiped.exitCode}: ${wiped.stderr.slice(-300)}`, kind: "wrong" };
  const after = await proven(vault, person);
  return after.kind === "goes on" ? { result: "VK1503: lost on the wire; wiped when told to, initialised anew", kind: "lost" } : after;
}
