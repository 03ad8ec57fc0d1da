/** Whether a look is under way: all answers of one world are kept for its length, or none. */
export class Looks {
  #depth = 0;
  readonly #all = new Set<Answers>();

  get underWay(): boolean {
    return this.#depth > 0;
  }

  /** A place for answers that one write makes stale together. */
  answers(): Answers {
    const answers = new Answers(this);
    this.#all.add(answers);
    return answers;
  }

  /**
   * Keeps every answer that is given while `work` runs. Looks may hold others; the outermost forgets.
   * @param work given what ends the look before it ends itself
   */
  async during<T>(work: (over: () => void) => Promise<T>): Promise<T> {
    this.#depth += 1;
    let isOver = false;
    const over = (): void => {
      if (!isOver) this.#ended();
      isOver = true;
    };
    try {
      return await work(over);
    } finally {
      over();
    }
  }

  #ended(): void {
    this.#depth -= 1;
    if (!this.underWay) for (const answers of this.#all) answers.forget();
  }
}

/**
 * Answers, good or bad, by what was asked: whoever asks the same gets the same, also while it is under way. Outside of a look nothing is kept
 * beyond that. The same words always ask for the same type.
 */
export class Answers {
  readonly #looks: Looks;
  #known = new Map<string, Promise<unknown>>();
  readonly #lasting = new Map<string, Promise<unknown>>();

  constructor(looks = new Looks()) {
    this.#looks = looks;
  }

  ask<T>(question: string, work: () => Promise<T>): Promise<T> {
    return (this.#known.get(question) as Promise<T> | undefined) ?? this.anew(question, work);
  }

  /** Asks past what is kept; what comes takes its place. */
  anew<T>(question: string, work: () => Promise<T>): Promise<T> {
    const asking = work();
    this.#known.set(question, asking);
    const landed = (): void => {
      if (!this.#looks.underWay && this.#known.get(question) === asking) this.#known.delete(question);
    };
    asking.then(landed, landed);
    return asking;
  }

  /** What does not change while the program runs is kept beyond looks and writes, once it is known. @param lasts whether an answer is such */
  lasting<T>(question: string, work: () => Promise<T>, lasts: (answer: T) => boolean = () => true): Promise<T> {
    const known = this.#lasting.get(question) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asking = work();
    this.#lasting.set(question, asking);
    const drop = (): void => {
      if (this.#lasting.get(question) === asking) this.drop(question);
    };
    asking.then((answer) => (lasts(answer) ? undefined : drop()), drop);
    return asking;
  }

  /** One that was thought to last did not. */
  drop(question: string): void {
    this.#lasting.delete(question);
  }

  /** After a write: who asks from now on must not get what was read before it. */
  forget(): void {
    this.#known = new Map();
  }
}
