import type { FieldName } from "../../config/fields.ts";
import { fieldNames } from "../../config/keys.ts";
import type { Flags } from "../../config/sources.ts";
import type { Answer, Given } from "./choose.ts";

/** A setting that follows, and from what. */
export interface Row {
  readonly name: FieldName;
  readonly value: Flags[FieldName];
  readonly because: string;
}

/** What follows from what was found. */
export interface Followed {
  readonly settings: Flags;
  readonly rows: readonly Row[];
  /** What was found and follows to nothing, or is not known. */
  readonly notes: readonly string[];
}

/** Gathers what follows; what somebody said stays as it is said. */
export class Tally {
  readonly #given: Given;
  readonly #rows: Row[] = [];
  readonly #notes: string[] = [];

  constructor(given: Given) {
    this.#given = given;
  }

  add({ settings, because }: Answer): void {
    const named = fieldNames.filter((name) => settings[name] !== undefined && !this.#given.isSaid(name));
    this.#rows.push(...named.map((name) => ({ name, value: settings[name], because })));
  }

  note(words: string): void {
    this.#notes.push(words);
  }

  followed(): Followed {
    return { settings: Object.fromEntries(this.#rows.map(({ name, value }) => [name, value])), rows: this.#rows, notes: this.#notes };
  }
}
