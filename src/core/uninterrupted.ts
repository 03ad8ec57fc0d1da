let underWay = 0;

/** Work that must come to its end once it has begun: meanwhile the process is not ended by an interrupt, however often it comes. */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
  }
}

/** Whether such work is under way. */
export const mustGoOn = (): boolean => underWay > 0;
