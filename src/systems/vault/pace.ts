import pLimit from "p-limit";
import type { HttpAnswer } from "../http/http.ts";
import { isElection } from "./passing.ts";
import type { VaultRequest } from "./server.ts";

/** Requests under way at one Vault at a time, of all runs together. */
const atOnce = 32;

/** The pause of all after an answer that passes by itself, in milliseconds; it doubles with each that follows, up to the longest. */
const [firstPauseMs, longestPauseMs] = [250, 4_000];

/** After so many good answers in a row, one more may be under way again. */
const goodBefore = 16;

/**
 * The pace at which many runs ask one Vault together. What slows one slows all: while Vault says that it is asked too much, or elects another active
 * node, a thousand runs that each try again by themselves would only keep it from that.
 */
export class Pace {
  readonly #limit = pLimit(atOnce);
  /** Vault writes its table of mounts as a whole for each one, so that they are enabled one after another anyway. */
  readonly #mounts = pLimit(1);
  #pauseMs = 0;
  #opensAt = 0;
  #good = 0;

  /** How many requests may be under way now. */
  get atOnce(): number {
    return this.#limit.concurrency;
  }

  send(request: VaultRequest, ask: () => Promise<HttpAnswer>, signal?: AbortSignal): Promise<HttpAnswer> {
    const paced = (): Promise<HttpAnswer> => this.#limit(() => this.#whenOpen(ask, signal));
    return isMount(request) ? this.#mounts(paced) : paced();
  }

  async #whenOpen(ask: () => Promise<HttpAnswer>, signal?: AbortSignal): Promise<HttpAnswer> {
    while (this.#closedMs() > 0 && !isOver(signal)) await waited(this.#closedMs(), signal);
    const answer = await ask();
    this.#heed(answer);
    return answer;
  }

  #closedMs(): number {
    return this.#opensAt - performance.now();
  }

  #heed(answer: HttpAnswer): void {
    const tooMuch = answer.status === 429;
    if (!tooMuch && !isElection(answer)) return this.#wasGood();
    this.#good = 0;
    // Answers to what was sent before the pause began say nothing new.
    if (this.#closedMs() > 0) return;
    if (tooMuch) this.#limit.concurrency = Math.max(1, Math.floor(this.#limit.concurrency / 2));
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, firstPauseMs), longestPauseMs);
    this.#opensAt = performance.now() + Math.max(this.#pauseMs, asked(answer));
  }

  #wasGood(): void {
    this.#pauseMs = 0;
    this.#good += 1;
    if (this.#good < goodBefore || this.#limit.concurrency >= atOnce) return;
    this.#good = 0;
    this.#limit.concurrency += 1;
  }
}

/** Until so many milliseconds have passed, or the run is given up. */
const waited = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal?.addEventListener("abort", over);
  });

const isOver = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

const isMount = ({ method, path }: VaultRequest): boolean => method === "POST" && /^sys\/(auth|mounts)\/(?!.*\/tune$)/.test(path);

/** The pause that Vault asked for, in milliseconds: no longer than a minute. */
function asked({ headers }: HttpAnswer): number {
  const seconds = Number(headers["retry-after"] ?? "0");
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1000 : 0;
}
