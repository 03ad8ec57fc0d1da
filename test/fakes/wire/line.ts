import type { Recorded } from "./exchange.ts";
import { cutAfter, cutBefore, type Fault, type FaultRule } from "./faults.ts";

/**
 * The line between the tool and every fake of a scene: remembers each request, and is where things go wrong.
 * Only the tool's own requests meet faults; what Vault and the operator ask each other inside the clusters always arrives.
 */
export class Line {
  readonly journal: Recorded[] = [];
  /** Requests that are being answered. */
  atWork = 0;
  /** The network that counts round trips, where one is between the tool and the fakes. */
  rounds: { readonly round: number } | undefined;
  #rule: FaultRule = () => undefined;

  /** Until `mend`, each request of the tool is put to `rule`. */
  break(rule: FaultRule): void {
    this.#rule = rule;
  }

  mend(): void {
    this.#rule = () => undefined;
  }

  /**
   * Kills the line at the k-th request that `counts` (from 1): before or after it is processed. From then on nothing arrives,
   * as if the tool had been killed there.
   */
  cutAt(k: number, when: "before" | "after", counts: (request: Recorded) => boolean): void {
    let seen = 0;
    let dead = false;
    this.break((request) => {
      if (dead) return cutBefore;
      if (!counts(request) || ++seen < k) return undefined;
      dead = true;
      return when === "before" ? cutBefore : cutAfter;
    });
  }

  /** Remembers a request, and tells what goes wrong with it. */
  arrive(request: Recorded): Fault | undefined {
    this.journal.push(request);
    return request.from === "tool" ? this.#rule(request) : undefined;
  }

  /** The tool's requests since `mark`, which is an earlier length of the journal. */
  asked(mark = 0): Recorded[] {
    return this.journal.slice(mark).filter((request) => request.from === "tool");
  }
}
