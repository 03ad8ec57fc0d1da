import type { Answers } from "./answers.ts";

/** Asks something by its words, as Answers does. */
export type Ask = <T>(question: string, work: () => Promise<T>) => Promise<T>;

/** A client twice: asked once in a look, and asked anew past all that is kept. What either writes is forgotten by both. */
export interface Asked<W> {
  readonly once: W;
  readonly anew: W;
}

/** Where the answers of one client are kept, and what a write of it does to them. */
export interface Kept {
  readonly answers: Answers;
  readonly ask: Ask;
  readonly anew: Ask;
  /** Does a write, and forgets what it touches, whether it went well or not. */
  readonly write: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * @param touched the answers that a write of this client makes stale. That is more than what it names: controllers, an operator and Vault's
 * own pods follow it.
 */
export const keptIn = (answers: Answers, touched: readonly Answers[]): Kept => ({
  answers,
  ask: (question, work) => answers.ask(question, work),
  anew: (question, work) => answers.anew(question, work),
  write: (work) =>
    work().finally(() => {
      for (const each of touched) each.forget();
    }),
});

/** The words of a question: the order in which fields were written does not make another one, nor does a field that says nothing. */
export const sameWords = (words: unknown): string => JSON.stringify(words, sorted);

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
