import { CliError } from "../../../core/errors.ts";
import { failure, kinds } from "../../../errors.ts";
import type { KeyHolders, RootGeneration, Writers } from "../../../systems/world.ts";
import { parseShare } from "../../unseal/share.ts";
import type { Begun } from "./begin.ts";
import { record } from "./record.ts";

/** For how long after the last key was sent a token may be made of it, in seconds: longer than any exchange lasts. */
const longestAnswer = 120;
/** By how much two looks at Vault's clock may differ, in seconds. */
const slack = 5;

/**
 * Gives keys until the encoded token comes. Before the one that may be the last, custody is told when a token may be made: its answer may be
 * lost, and then nobody holds that token.
 * @throws CliError VK1508 where nobody gives a key any more, VK1505 where the keys do not fit together, VK1511.
 */
export async function giveKeys(write: Writers, generation: RootGeneration, begun: Begun, holders: KeyHolders): Promise<string> {
  let { progress } = begun;
  for (;;) {
    const share = await nextShare(holders, `root token: ${progress} of ${begun.required} keys`);
    if (share === undefined) throw tooFew(progress, begun.required);
    const last = progress + 1 >= begun.required;
    if (last) await noteWindow(write);
    const answer = await generation.give(share, begun.nonce).catch((error: unknown) => refusal(error, holders));
    if (answer === "given before") continue;
    if (answer === "do not fit") {
      if (last) await dropWindow(write);
      progress = 0;
    } else if (answer.encodedToken !== undefined) return answer.encodedToken;
    else progress = answer.progress;
  }
}

async function nextShare(holders: KeyHolders, progress: string): Promise<string | undefined> {
  for (;;) {
    const text = await holders.next(progress);
    if (text === undefined) return undefined;
    try {
      return parseShare(text);
    } catch (error) {
      if (!holders.askAgain || !(error instanceof CliError)) throw error;
      holders.refuse(error.message);
    }
  }
}

/** By Vault's own clock, with which it says when a token was made. */
async function noteWindow(write: Writers): Promise<void> {
  const { clockAheadMs = 0 } = await write.vault.facts();
  const now = Math.floor((Date.now() + clockAheadMs) / 1000);
  await record(write, (before) => ({ ...before, tokens: [...before.tokens, { from: now - slack, until: now + longestAnswer }] }));
}

/** Vault said that it made nothing of the keys. */
const dropWindow = (write: Writers): Promise<void> => record(write, (before) => ({ ...before, tokens: before.tokens.slice(0, -1) }));

/** In Vault's words: hashicorp/vault, vault/generate_root.go. Wrong keys are forgotten by Vault, and all are given again. */
function refusal(error: unknown, holders: KeyHolders): "given before" | "do not fit" {
  if (!(error instanceof CliError) || error.kind !== kinds.vaultRejected) throw error;
  const words = error.why ?? "";
  if (/already been provided/.test(words) && holders.askAgain) {
    holders.refuse("That key was given already");
    return "given before";
  }
  if (!/root generation aborted|failed to compute root key/.test(words)) throw error;
  if (!holders.askAgain) throw doNotFit(words);
  holders.refuse("Together the keys do not fit: one of them is wrong, all have to be given again");
  return "do not fit";
}

const doNotFit = (why: string): CliError =>
  failure(kinds.wrongKeys, {
    what: "Together the keys are not those of this Vault",
    why,
    fix: "Are they the keys of another Vault? --init-file names another file.",
  });

const tooFew = (progress: number, required: number): CliError =>
  failure(kinds.moreKeys, {
    what: "A root token wants more keys",
    why: `${progress} of ${required} were given. Nothing was made of them: the generation was ended, and has to begin anew.`,
    fix: "Every holder of the quorum gives a key in the same run.",
  });
