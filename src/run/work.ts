import type { CommandLines } from "../consumers/diagnosis/cause.ts";
import type { AskConsent } from "../core/consent.ts";
import type { Outcome } from "../core/converge.ts";
import type { Say } from "../core/resource.ts";
import type { ExitCode } from "../core/errors.ts";
import type { PlannedResource } from "../core/plan.ts";
import type { AppBoundStep } from "../systems/step.ts";
import type { Readers, Writers } from "../systems/world.ts";
import type { RunOutcome } from "./observer.ts";

/** What a run does, and what its caller decides in it. */
export interface Work {
  readonly steps: readonly AppBoundStep[];
  /** The lines of our own commands, which fixes name. */
  readonly commandLines: CommandLines;
  /** The exit code where only something that a person provides is missing. */
  readonly missingIs: ExitCode;
  /** The file that says what is run, for the target. */
  readonly from?: string | undefined;
  /** Whether all that is missing is told before the first write. */
  readonly preflight?: boolean | undefined;
  /** Called when the systems are open, before anything is said. */
  readonly opened?: ((world: Writers) => Promise<void>) | undefined;
  /** Shown what was found, before anything is written. May throw to stop the run. */
  readonly approve?: ((planned: readonly PlannedResource[], world: Readers) => Promise<void>) | undefined;
  /** Asked of a conflict that a person may set aside. Left out where nobody can be asked. */
  readonly consent?: AskConsent | undefined;
  /** Asked once, right before the first write. May throw to stop the run. */
  readonly confirm?: ((world: Readers) => Promise<void>) | undefined;
  /** Does the work of a run that is about to write, e.g. under a lock. */
  readonly around?: ((work: () => Promise<void>, world: Writers, say: Say) => Promise<void>) | undefined;
  /** Asks ahead what `next` will, where it looks as if nothing had to be done. */
  readonly ahead?: ((world: Readers) => Promise<unknown>) | undefined;
  /** Lines to type next, when all went well. */
  readonly next?: ((world: Readers) => Promise<readonly string[]>) | undefined;
  /** The exit code, where the findings alone do not say it. */
  readonly exit?: ((outcome: Outcome) => ExitCode | undefined) | undefined;
  /** Called with the outcome while the systems are open. */
  readonly done?: ((outcome: RunOutcome, world: Readers) => Promise<void>) | undefined;
}
