import { NotYet, exitCodes, type CliError } from "../../core/errors.ts";
import { fact, isKnown } from "../../core/fact.ts";
import { kinds } from "../../errors.ts";
import type { Shortage } from "./room.ts";

/** Gathers why something could not be asked, so that one thing that fails does not hide the rest. */
export class Gathered {
  readonly #shortages = new Map<string, Shortage>();
  readonly #open = new Set<string>();
  /** Codes of what was gathered as a shortage. */
  readonly #exits = new Set<number>();

  get shortages(): readonly Shortage[] {
    return [...this.#shortages.values()];
  }

  get open(): readonly string[] {
    return [...this.#open];
  }

  get exits(): ReadonlySet<number> {
    return this.#exits;
  }

  /** What `ask` gives; nothing where it fails. What is not there yet comes with a step; a right that lacks is asked for by itself. */
  async list<T>(ask: () => readonly T[] | Promise<readonly T[]>, quiet?: string): Promise<readonly T[]> {
    const answer = await fact(ask);
    if (isKnown(answer)) return answer.value;
    if (answer.error !== undefined) this.#note(answer.error, quiet);
    return [];
  }

  add(shortages: readonly Shortage[]): void {
    for (const shortage of shortages) this.#shortages.set(shortage.what, shortage);
  }

  #note(error: CliError, quiet: string | undefined): void {
    const line = error.words;
    if (error.kind === kinds.kubeForbidden || error.kind === kinds.vaultDenied)
      return void (quiet === undefined || this.#open.add(`${quiet}: you may not look`));
    if (error instanceof NotYet) return void this.#open.add(line);
    this.#exits.add(error.kind.exit === exitCodes.usage ? exitCodes.badInput : error.kind.exit);
    this.add([{ what: line, fix: error.fix ?? `vault-k8s explain ${error.kind.code} says more.` }]);
  }
}
