import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import type { ClusterStatus } from "./schema.ts";

/** Gathers what could not be read in a look: one reason is told once, with all that it hides. */
export class Unknown {
  readonly #reasons = new Map<string, { what: string[]; why: string; code: string }>();

  /** The answer, or undefined where it could not be had. An interrupt and a bug are thrown. */
  async ask<T>(what: string, question: () => Promise<T>): Promise<T | undefined> {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof CliError) || error.kind === kinds.interrupted) throw error;
      const key = `${error.kind.code} ${error.message}`;
      const known = this.#reasons.get(key) ?? { what: [], why: error.message, code: error.kind.code };
      known.what.push(what);
      this.#reasons.set(key, known);
      return undefined;
    }
  }

  all(): ClusterStatus["unknown"] {
    const all = [...this.#reasons.values()].map(({ what, ...rest }) => ({ what: what.sort(), ...rest }));
    return all.sort((one, other) => one.what.join().localeCompare(other.what.join()));
  }
}
