import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Person } from "./command.ts";

/** Where a person has their keys kept. */
export interface Keeping {
  /** How the command is told. */
  readonly flags: readonly string[];
  /** The keys as they stand there; undefined when they do not. */
  keys(): string | undefined;
  /** Locks the place, where it can be locked; what it returns opens it. */
  lock?(): () => void;
}

export type Keeps = (person: Person) => Keeping;

/** In the key file, by default. */
export const inFile: Keeps = (person) => ({ flags: [], keys: () => person.file("init.json") });

/** What goes wrong with a store: it fails, hangs, keeps something else, or nothing. */
export type StoreHarm = "fail" | "hang" | "garble" | "lose";

/** In a store of the person's, by commands: store.sh. */
export class Store implements Keeping {
  readonly flags: readonly string[];
  readonly #folder: string;

  constructor({ data }: Person) {
    this.#folder = join(data, "store");
    mkdirSync(this.#folder);
    const script = join(import.meta.dirname, "store.sh");
    const [keep, give] = ["keep", "give"].map((call) => `sh ${script} ${call}`) as [string, string];
    this.flags = ["--keys-command", keep, "--keys-read-command", give, "--keys-command-timeout", "10s"];
  }

  keys(): string | undefined {
    return textIn(join(this.#folder, "init.json"));
  }

  /** @param calls A pattern of the shell: "keep init.json", or "* *" for all. What it returns mends it. */
  harm(harm: StoreHarm, calls: string): () => void {
    const file = join(this.#folder, "harm");
    writeFileSync(file, `${harm} ${calls}\n`);
    return () => rmSync(file);
  }

  lock = (): (() => void) => this.harm("fail", "* *");

  /** Takes the document with the keys away, as a person would that is none. */
  forget(): void {
    rmSync(join(this.#folder, "init.json"));
  }
}

/** Undefined for a file that is not there or empty. */
function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
