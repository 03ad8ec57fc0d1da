import type { ErrorKind } from "../../core/errors.ts";
import { failure } from "../../errors.ts";
import type { Readers } from "../../systems/world.ts";
import { answers, nodeStates, type NodeState } from "../nodes/states.ts";
import { sharesInCustody } from "./keys.ts";

/** Why pods are deleted that have to be unsealed again, for people. */
export interface ToReplace {
  readonly kind: ErrorKind;
  /** What is the matter with the pods: "Vault's pods speak http". */
  readonly what: string;
  /** Until when: "until they are deleted and unsealed". */
  readonly until: string;
  /** What a person without keys here types. */
  byHand(states: readonly NodeState[]): string;
}

/**
 * The shares that unseal a pod that was deleted. None where there is nothing to unseal, or Vault unseals itself.
 * @throws CliError of that kind where an init is under way, or there are no keys here.
 */
export async function sharesToReplace(read: Readers, { kind, what, until, byHand }: ToReplace): Promise<readonly string[]> {
  if ((await read.keys.underWay())?.sent === true)
    throw failure(kind, {
      what: `${what}, and an init of this Vault was begun and not brought to its end`,
      why: "A pod is deleted only when the keys are known to unseal it.",
      fix: "vault-k8s operator init goes on with it. Then run the same command again.",
    });
  const states = await nodeStates(read.nodes);
  const initialised = states.filter(answers).filter(({ state }) => state === "sealed" || state === "unsealed");
  if (initialised.length === 0 || initialised.some(({ seal }) => seal.recovery_seal === true)) return [];
  const found = await sharesInCustody(read);
  if (found.kind === "enough") return found.shares;
  throw failure(kind, {
    what: `${what} ${until}, and there are no keys here to unseal them`,
    why: [found.why.message, found.why.why].filter(Boolean).join(": "),
    fix: byHand(states),
  });
}
