import { fact, isKnown, type Fact, type NotKnown } from "../../core/fact.ts";
import type { ClusterStatus } from "./schema.ts";

/** Gathers what could not be read in a look: one reason is told once, with all that it hides. */
export class Unknown {
  readonly #reasons = new Map<string, { what: string[]; why: string; code: string }>();

  /** The answer, or why it could not be had, which is kept. An interrupt and a bug are thrown. */
  async ask<T>(what: string, question: () => Promise<T>): Promise<Fact<T>> {
    const answer = await fact(question);
    if (!isKnown(answer)) this.#keep(what, answer);
    return answer;
  }

  #keep(what: string, { error }: NotKnown): void {
    if (error === undefined) return;
    const key = `${error.kind.code} ${error.message}`;
    const known = this.#reasons.get(key) ?? { what: [], why: error.message, code: error.kind.code };
    known.what.push(what);
    this.#reasons.set(key, known);
  }

  all(): ClusterStatus["unknown"] {
    const all = [...this.#reasons.values()].map(({ what, ...rest }) => ({ what: what.sort(), ...rest }));
    return all.sort((one, other) => one.what.join().localeCompare(other.what.join()));
  }
}
