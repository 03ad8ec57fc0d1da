import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import { sharesInCustody, type Shares } from "../unseal/keys.ts";
import { unsealNode, type Unsealing } from "../unseal/node.ts";
import { noteFreshEngines } from "./fresh-engines.ts";
import { answers, nodeStates } from "../nodes/states.ts";

/**
 * Proves the custody after init: what can be read back from it unseals the node that was initialised. Where only the holders can read
 * their keys, that is said, and their first unseal is the proof.
 * @param name The node; where it is not known, any that is initialised.
 */
export async function prove(unsealing: Unsealing, name: string | undefined): Promise<void> {
  const { write, say } = unsealing;
  await write.keys.complete();
  const states = (await nodeStates(write.nodes)).filter(answers).filter(({ state }) => state === "sealed" || state === "unsealed");
  const chosen = states.find(({ node }) => node.name === name) ?? states[0];
  if (chosen?.state === "sealed") {
    const auto = chosen.seal.recovery_seal === true;
    const found = auto ? ({ kind: "enough", shares: [] } as const) : await sharesInCustody(write).catch(unreadable);
    if (found.kind === "elsewhere") say(`${found.why.message}: that they unseal is proven only when they do`);
    else await unsealNode(unsealing, chosen.node, found.shares);
  }
  await noteFreshEngines(write);
  await write.keys.settled();
}

/** Keys that are encrypted for somebody else are no failure of init: it was said before that they are unproven. */
function unreadable(error: unknown): Shares {
  if (error instanceof CliError && error.kind === kinds.noKeys) return { kind: "elsewhere", why: error };
  throw error;
}
