import pLimit from "p-limit";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { LabState } from "../api.ts";
import { Person } from "./command.ts";
import { Vault } from "./vaults.ts";

/** What became of one kill point. */
export interface Row {
  /** The boundary before which the process died. */
  readonly point: string;
  readonly found: string;
  readonly result: string;
  /** `lost`: the named exception, an answer that reached nobody. */
  readonly kind: "goes on" | "lost" | "wrong";
}

/** One Vault and one person, for one kill point. */
export interface Place {
  readonly lab: LabState;
  readonly vault: Vault;
  readonly person: Person;
}

/** How many Vaults are there at once: each needs memory, and each of its pods a volume. */
const atOnce = 3;
let places = 0;

/** Does something with a Vault of its own, which is taken away afterwards. */
export async function withVault<T>(lab: LabState, replicas: number, work: (place: Place) => Promise<T>): Promise<T> {
  places += 1;
  const person = new Person(join(lab.work, `person-${process.pid}-${places}`));
  const vault = new Vault(lab, `fault-${places}`, replicas);
  try {
    return await work({ lab, vault: await vault.up(), person });
  } finally {
    await vault.down();
    rmSync(person.data, { recursive: true, force: true });
  }
}

/** Kills at each of the points, some at a time, each against a Vault of its own. */
export async function atEachPoint(count: number, kill: (at: number) => Promise<Row>): Promise<Row[]> {
  const limit = pLimit(atOnce);
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      limit(() =>
        kill(index + 1).catch(
          (error: unknown) => ({ point: `number ${index + 1}`, found: "", result: String(error), kind: "wrong" }) as const,
        ),
      ),
    ),
  );
}

/** The table for people. */
export function table(title: string, rows: readonly Row[]): string {
  const width = (key: "point" | "found"): number => Math.max(...rows.map((row) => row[key].length));
  const lines = rows.map(
    (row, index) =>
      `${String(index + 1).padStart(4)}  ${row.point.padEnd(width("point"))}  ${row.found.padEnd(width("found"))}  ${row.result}`,
  );
  const of = (kind: Row["kind"]): number => rows.filter((row) => row.kind === kind).length;
  return [
    title,
    `      ${"killed before".padEnd(width("point"))}  ${"state found".padEnd(width("found"))}  result of the next run`,
    ...lines,
    `      ${rows.length} kill points: ${of("goes on")} go on, ${of("lost")} lost on the wire (named VK1503), ${of("wrong")} wrong`,
    "",
  ].join("\n");
}
