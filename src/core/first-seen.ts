/** A list that holds what it held when it was first asked for, less what has gone. */
export interface FirstSeen<R, T> {
  list(read: R): Promise<T[]>;
  /** Whether it was among them; before it was asked for, all may be. */
  has(item: T): boolean;
}

/** What appears after the first look was shown to nobody: it is for the next run. */
export function firstSeen<R, T>(list: (read: R) => Promise<readonly T[]>, keyOf: (item: T) => string): FirstSeen<R, T> {
  let first: ReadonlySet<string> | undefined;
  const has = (item: T): boolean => first?.has(keyOf(item)) ?? true;
  return {
    has,
    list: async (read) => {
      const found = await list(read);
      first ??= new Set(found.map(keyOf));
      return found.filter(has);
    },
  };
}
