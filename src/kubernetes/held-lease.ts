import { CliError } from "../core/errors.ts";
import { giveUp, newHolder, type Holder } from "../core/holder.ts";
import { failure, kinds } from "../errors.ts";
import { clean } from "../systems/words.ts";
import type { KubeObject, KubeWriter } from "../systems/world.ts";
import { isHeldBy, leaseFor, leaseRef, renewed, specOf, subjectOf, type LeaseOf } from "./lease-object.ts";

/** How long a Lease holds without being renewed, and how often it is, in milliseconds. */
export interface LeaseTimes {
  readonly lastsMs: number;
  readonly renewMs: number;
}

export const leaseTimes: LeaseTimes = { lastsMs: 60_000, renewMs: 15_000 };

/** A Lease that this run holds. It is renewed while the run lives, and never keeps it alive. */
export class HeldLease {
  readonly #kube: KubeWriter;
  readonly #of: LeaseOf;
  readonly #holder: Holder;
  readonly #timer: NodeJS.Timeout;
  #lease: KubeObject;
  #turn: Promise<unknown> = Promise.resolve();
  #lost: string | undefined;
  #over = false;

  constructor(kube: KubeWriter, of: LeaseOf, held: { readonly holder: Holder; readonly lease: KubeObject }, { renewMs }: LeaseTimes) {
    this.#kube = kube;
    this.#of = of;
    this.#holder = held.holder;
    this.#lease = held.lease;
    this.#timer = setInterval(() => void this.#inTurn(() => this.#renew()).catch(() => undefined), renewMs).unref();
  }

  /**
   * Asks again right before what cannot be taken back, by renewing it: nobody else takes it over for as long as it lasts from now.
   * @throws CliError VK1513 where another run has it, and what the API server reports.
   */
  async stillHeld(): Promise<void> {
    if (this.#over) return;
    await this.#inTurn(() => this.#renew());
    if (this.#lost === undefined) return;
    throw failure(kinds.runUnderWay, {
      what: `Another run has taken over ${subjectOf(this.#of)} while this one stood still`,
      why: `The Lease ${this.#of.namespace}/${leaseRef(this.#of).name} ${this.#lost}. Nothing more was done.`,
      fix: "Wait until it has ended, then run the same command again: it looks at what is there.",
    });
  }

  /** Takes it away, where it is still ours. What the API server reports is no failure: the Lease ends by itself. */
  async letGo(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#timer);
    await this.#inTurn(() => this.#remove()).catch((error: unknown) => {
      if (!(error instanceof CliError)) throw error;
    });
    giveUp(this.#holder);
  }

  /** One after the other: each needs the version that the one before it left. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #renew(): Promise<void> {
    for (let tries = 0; tries < 5 && this.#lost === undefined; tries += 1) {
      const next = await this.#kube.replace(renewed(this.#lease));
      if (next !== undefined) return void (this.#lease = next);
      await this.#lookAgain();
    }
    this.#lost ??= "is changed by others all the time";
  }

  async #remove(): Promise<void> {
    if (this.#lost !== undefined || (await this.#kube.removeExactly(this.#lease))) return;
    // A renewal whose answer was lost has left another version.
    await this.#lookAgain();
    if (this.#lost === undefined) await this.#kube.removeExactly(this.#lease);
  }

  async #lookAgain(): Promise<void> {
    const found = await this.#kube.get(leaseRef(this.#of));
    if (found !== undefined && isHeldBy(found, this.#holder)) this.#lease = found;
    else this.#lost = found === undefined ? "was taken away" : `is held by ${clean(specOf(found).holderIdentity ?? "nobody")}`;
  }
}

/** A Lease for this run, made or taken over by `write`; undefined where somebody else was faster. */
export async function takenBy(
  kube: KubeWriter,
  of: LeaseOf,
  write: (lease: (before?: KubeObject) => KubeObject) => Promise<KubeObject | undefined>,
  times: LeaseTimes,
): Promise<HeldLease | undefined> {
  const holder = newHolder();
  const taken = await write((before) => leaseFor(of, holder, Math.ceil(times.lastsMs / 1000), before)).catch((error: unknown) => {
    giveUp(holder);
    throw error;
  });
  if (taken !== undefined) return new HeldLease(kube, of, { holder, lease: taken }, times);
  giveUp(holder);
  return undefined;
}
