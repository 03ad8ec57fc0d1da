import { NotYet } from "./errors.ts";
import type { Planned } from "./plan.ts";
import type { Diff } from "./resource.ts";

/** Asks a person, who is shown the reason of a conflict and the question that rests on it; true is a yes. */
export type AskConsent = (reason: string, question: string) => Promise<boolean>;

/** What a person set aside in a run: the same is not asked twice. */
export class Consents {
  readonly #ask: AskConsent | undefined;
  readonly #given = new Set<string>();

  /** @param ask Left out where nobody can be asked. */
  constructor(ask: AskConsent | undefined) {
    this.#ask = ask;
  }

  /** All that was found, less the conflicts that were set aside. Nobody is asked where another conflict ends the run anyway. */
  async ofAll<R, W>(planned: readonly Planned<R, W>[]): Promise<Planned<R, W>[]> {
    if (planned.some(({ diff }) => isFinal(diff))) return [...planned];
    const settled: Planned<R, W>[] = [];
    for (const item of planned) settled.push({ ...item, diff: item.diff instanceof NotYet ? item.diff : await this.of(item.diff) });
    return settled;
  }

  /** What was found, or, with a yes, what is found then. */
  async of(diff: Diff): Promise<Diff> {
    if (diff.kind !== "conflict" || diff.consent === undefined || this.#ask === undefined) return diff;
    if (!this.#given.has(diff.reason) && !(await this.#ask(diff.reason, diff.consent.question))) return diff;
    this.#given.add(diff.reason);
    return this.of(diff.consent.agreed);
  }
}

const isFinal = (diff: Diff | NotYet): boolean => !(diff instanceof NotYet) && diff.kind === "conflict" && diff.consent === undefined;
