const underWay: string[] = [];

const keysOnTheirWay = "the unseal keys are on their way, and they are given once. The run ends when they are kept.";

/**
 * Work that must come to its end once it has begun: meanwhile the process is not ended by an interrupt, however often it comes.
 * @param why told to whoever interrupts
 */
export async function uninterrupted<T>(work: () => Promise<T>, why = keysOnTheirWay): Promise<T> {
  underWay.push(why);
  try {
    return await work();
  } finally {
    underWay.splice(underWay.lastIndexOf(why), 1);
  }
}

/** Why the process must not end now; undefined where it may. */
export const mustGoOn = (): string | undefined => underWay.at(-1);
