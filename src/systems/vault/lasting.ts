/** An answer that is given once is waited for so many times longer: slow storage and a far key service take their time. */
const longer = 5;

interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How long an exchange may last, and what ends it. */
export const lasting = (toItsEnd: boolean | undefined, { timeoutMs, signal }: Patience): Patience =>
  toItsEnd === true ? { timeoutMs: timeoutMs * longer } : { timeoutMs, signal };
