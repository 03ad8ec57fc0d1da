import { setTimeout as delay } from "node:timers/promises";
import pRetry from "p-retry";
import type { HttpAnswer } from "./http.ts";

export interface Patience {
  /** Before the second try, in milliseconds; it grows from there. */
  readonly firstPauseMs: number;
  /** A cap on what an answer is worth waiting, in milliseconds. */
  readonly atMostMs: number;
  readonly signal: AbortSignal | undefined;
}

class AskAgain extends Error {
  readonly answer: HttpAnswer;
  constructor(answer: HttpAnswer) {
    super("ask again");
    this.answer = answer;
  }
}

/**
 * Asks until an answer is not transient, or has been asked for as long as it is worth. Honours Retry-After up to ten seconds.
 * @param worth how long to ask again after this answer, in milliseconds from the first question; 0 takes it as it is.
 * @returns the last answer, good or bad. What `ask` throws is thrown.
 */
export async function untilAnswered(
  ask: () => Promise<HttpAnswer>,
  worth: (answer: HttpAnswer) => number,
  patience: Partial<Patience> = {},
): Promise<HttpAnswer> {
  const { firstPauseMs = 100, atMostMs = Number.POSITIVE_INFINITY, signal } = patience;
  const began = Date.now();
  const again = (answer: HttpAnswer) => Date.now() - began < Math.min(worth(answer), atMostMs);
  const attempt = async () => {
    const answer = await ask();
    if (again(answer)) throw new AskAgain(answer);
    return answer;
  };
  try {
    return await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: firstPauseMs,
      factor: 1.5,
      maxTimeout: 2_000,
      shouldRetry: ({ error }) => error instanceof AskAgain && signal?.aborted !== true,
      onFailedAttempt: ({ error }) => (error instanceof AskAgain ? asked(error.answer, signal) : undefined),
    });
  } catch (error) {
    if (error instanceof AskAgain) return error.answer;
    throw error;
  }
}

/** The pause that the server asked for. */
async function asked(answer: HttpAnswer, signal: AbortSignal | undefined): Promise<void> {
  const seconds = Number(answer.headers["retry-after"] ?? "0");
  if (!Number.isFinite(seconds) || seconds <= 0) return;
  await delay(Math.min(seconds, 10) * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
