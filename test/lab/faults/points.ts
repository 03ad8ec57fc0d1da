import { rmSync } from "node:fs";
import { join } from "node:path";
import type { LabState } from "../api.ts";
import { Person } from "./command.ts";
import { Vault } from "./vaults.ts";

/** What became of one kill point. */
export interface Row {
  /** Its number among the boundaries of the run. */
  readonly at: number;
  /** The boundary before which the process died. */
  readonly point: string;
  readonly found: string;
  readonly result: string;
  /** `lost`: the named exception, an answer that reached nobody. `ended`: the run had fewer boundaries this time, and ended well. */
  readonly kind: "goes on" | "lost" | "ended" | "wrong";
}

/** One empty Vault and one new person, for one kill point. */
export interface Place {
  readonly vault: Vault;
  readonly person: Person;
}

/** Some Vaults, each used for one kill point at a time and emptied in between. */
export class Vaults {
  readonly #free: Vault[];
  readonly #waiting: ((vault: Vault) => void)[] = [];
  readonly #lab: LabState;
  #places = 0;

  private constructor(lab: LabState, vaults: readonly Vault[]) {
    this.#lab = lab;
    this.#free = [...vaults];
  }

  static async up(
    lab: LabState,
    name: string,
    { count, replicas }: { readonly count: number; readonly replicas: number },
  ): Promise<Vaults> {
    const vaults = Array.from({ length: count }, (_, index) => new Vault(lab, `${name}-${index}`, replicas));
    return new Vaults(lab, await Promise.all(vaults.map((vault) => vault.up())));
  }

  /** Takes those away that are free: their volumes are for others. */
  async down(): Promise<void> {
    await Promise.all(this.#free.splice(0).map((vault) => vault.down()));
  }

  /** Brings some up for as long as something is done with them. */
  static async during<T>(
    lab: LabState,
    name: string,
    how: { readonly count: number; readonly replicas: number },
    work: (vaults: Vaults) => Promise<T>,
  ): Promise<T> {
    const vaults = await Vaults.up(lab, name, how);
    try {
      return await work(vaults);
    } finally {
      await vaults.down();
    }
  }

  /** Does something with a Vault of its own, as soon as one is free. */
  async with<T>(work: (place: Place) => Promise<T>): Promise<T> {
    const vault = this.#free.pop() ?? (await new Promise<Vault>((resolve) => this.#waiting.push(resolve)));
    this.#places += 1;
    const person = new Person(join(this.#lab.work, `person-${vault.namespace}-${this.#places}`));
    try {
      return await work({ vault, person });
    } finally {
      rmSync(person.data, { recursive: true, force: true });
      await vault.reset();
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(vault);
      else next(vault);
    }
  }
}

/** What fails in the harness is a row too. */
export const orWrong = (about: Pick<Row, "at" | "point">, row: Promise<Row>): Promise<Row> =>
  row.catch((error: unknown): Row => ({ ...about, found: "?", result: String(error), kind: "wrong" }));

/** Kills at each of the points, as many at a time as there are Vaults. */
export const atEachPoint = (points: readonly number[], kill: (at: number) => Promise<Row>): Promise<Row[]> =>
  Promise.all(points.map((at) => orWrong({ at, point: "?" }, kill(at))));

/** The table for people. */
export function table(title: string, rows: readonly Row[]): string {
  const width = (key: "point" | "found"): number => Math.max(12, ...rows.map((row) => row[key].length));
  const lines = rows.map(
    ({ at, point, found, result }) =>
      `${String(at).padStart(4)}  ${point.padEnd(width("point"))}  ${found.padEnd(width("found"))}  ${result}`,
  );
  return [
    title,
    `      ${"killed before".padEnd(width("point"))}  ${"state found".padEnd(width("found"))}  result of the next run`,
    ...lines,
    `      ${counts(rows)}`,
    "",
  ].join("\n");
}

/** How many came to which end. */
export function counts(rows: readonly Row[]): string {
  const of = (kind: Row["kind"]): number => rows.filter((row) => row.kind === kind).length;
  return `${rows.length} points: ${of("goes on")} go on, ${of("lost")} lost on the wire (named VK1503), ${of("ended")} ended before they were reached, ${of("wrong")} wrong`;
}
