import { kubectl as inContext } from "../../kubernetes/kubectl.ts";
import type { StepId } from "../../config/step-id.ts";
import type { AppResource } from "../../systems/step.ts";
import type { Evidence } from "./evidence.ts";

/** `certain`: what was seen leaves no other explanation. `likely`: it is what remains when the rest was looked at. */
type Certainty = "certain" | "likely";

/** How a cause is mended. */
export interface Mend {
  /** What a person types; runnable as it is. */
  readonly command: string;
  /** Steps that do it; they are what --fix runs. */
  readonly steps?: readonly StepId[];
  /** Changes that no step makes, for --fix; they come before the steps. */
  readonly resources?: readonly AppResource[];
  /** Why --fix leaves it to a person, or what to know before. */
  readonly note?: string;
}

/** What a cause makes of the evidence. */
export interface Match {
  readonly sure: Certainty;
  /** A line or two: what was seen. */
  readonly evidence: readonly string[];
  readonly mend: Mend;
}

/** One reason why logins or syncs fail; docs/causes.md has a section for each. */
export interface Cause {
  readonly code: `VD${number}`;
  readonly title: string;
  /** It keeps no login and no sync from working: it is no reason for a proof that failed. */
  readonly aside?: true;
  /** Undefined where the evidence does not show it. Asks nothing. */
  match(evidence: Evidence, commandLines: CommandLines): Match | undefined;
}

export interface Diagnosis extends Match {
  readonly code: Cause["code"];
  readonly title: string;
  readonly aside?: true | undefined;
}

/** Command lines with what this run was told about the cluster and Vault. */
export interface CommandLines {
  /** The commands of steps, one after the other. */
  steps(...ids: readonly StepId[]): string;
  /** Another command of vault-k8s, with what stands behind it. */
  own(command: string, ...rest: readonly string[]): string;
}

/** A mend by steps alone. */
export const bySteps = (commandLines: CommandLines, ...ids: readonly StepId[]): Mend => ({
  command: commandLines.steps(...ids),
  steps: ids,
});

/** A mend that is a person's: a command that shows more, or that would change what is not ours. */
export const byHand = (command: string, note: string): Mend => ({ command, note });

/** kubectl against the cluster that is wired. */
export const kubectl = ({ asked }: Evidence, args: string): string => inContext(asked, args);
