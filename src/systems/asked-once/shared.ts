import type { Ask } from "./kept.ts";

/** What a Vault tells every cluster the same, whatever cluster asks. Documented at Vault's API docs, /sys/auth, /sys/mounts and /sys/policies. */
const sameForAll: ReadonlySet<string> = new Set(["sys/auth", "sys/mounts", "sys/policies/acl?list=true"]);

/** How long an answer is good for others, in milliseconds: many runs take minutes, and others write to the same Vault meanwhile. */
const sharedMs = 30_000;

/** The answers of one Vault to one token. */
export interface SharedAnswers {
  readonly ask: Ask;
  readonly anew: Ask;
  /** After a write at `path`, by whichever run. */
  readonly forget: (path: string) => void;
}

/**
 * A look of Vault that many runs share, each over a cluster of its own: what is the same for all of them is asked once. Hand it to each run;
 * a run takes from it only as long as its own look lasts, which is until its first write.
 */
export class SharedLook {
  readonly #vaults = new Map<string, SharedAnswers>();
  readonly #now: () => number;

  /** @param now the time in milliseconds, for how long an answer is shared. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @param vault which Vault it is, and where the token comes from: another token may be shown something else. */
  of(vault: string): SharedAnswers {
    const known = this.#vaults.get(vault) ?? shared(this.#now);
    this.#vaults.set(vault, known);
    return known;
  }
}

interface Shared {
  readonly at: number;
  readonly answer: Promise<unknown>;
}

function shared(now: () => number): SharedAnswers {
  const known = new Map<string, Shared>();
  const together = inRounds();
  const anew: Ask = (path, work) => {
    if (!sameForAll.has(path)) return work();
    const answer = together(path, work);
    const one = { at: now(), answer };
    known.set(path, one);
    answer.catch(() => known.get(path) === one && known.delete(path));
    return answer;
  };
  return {
    anew,
    ask: (path, work) => {
      const one = known.get(path);
      if (one === undefined || now() - one.at > sharedMs) return anew(path, work);
      // That another run failed, or was interrupted, says nothing of this one.
      return one.answer.catch(work) as ReturnType<typeof work>;
    },
    forget: (path) => {
      for (const each of known.keys()) if (`${path}/`.startsWith(`${each.replace(/\?.*/, "")}/`)) known.delete(each);
    },
  };
}

/**
 * Asks in rounds: who asks while the same question is under way gets the answer to the next one, together with all who do. So each gets what was
 * read after it asked, and the table of all mounts is read once for many.
 */
function inRounds(): Ask {
  const underWay = new Map<string, Promise<unknown>>();
  const next = new Map<string, Promise<unknown>>();
  const begin = <T>(path: string, work: () => Promise<T>): Promise<T> => {
    const answer = work();
    underWay.set(path, answer);
    const over = (): void => void (underWay.get(path) === answer && underWay.delete(path));
    answer.then(over, over);
    return answer;
  };
  return (path, work) => {
    const before = underWay.get(path);
    if (before === undefined) return begin(path, work);
    const joined = next.get(path) as ReturnType<typeof work> | undefined;
    // That it failed for the run that asked says nothing of this one.
    if (joined !== undefined) return joined.catch(work);
    const round = before
      .catch(() => undefined)
      .then(() => {
        next.delete(path);
        return begin(path, work);
      });
    next.set(path, round);
    return round;
  };
}
