import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import type { Keys } from "../systems/world.ts";
import type { Sinks } from "./choose-sinks.ts";
import { initDocument, keysText } from "./documents.ts";
import { gatherKeys } from "./gather.ts";
import { handOut, type NotTaken } from "./hand-out.ts";
import { markAs, removeMark } from "./mark.ts";
import { readOrigin } from "./origin.ts";
import type { KeyFiles } from "./place.ts";
import { whyOf } from "./sink.ts";
import { fill, release, wholeAnswer } from "./spool.ts";
import { type Custody, refused, titles, underLock } from "./open-custody.ts";

/** The answer of init: first into the room that was taken for it, then to every sink, each read back. */
export async function keep(custody: Custody, keys: Keys): Promise<void> {
  const { files, sinks } = custody;
  const unspooled = await fillSpool(custody, keys).then(() => undefined, whyOf);
  const spool = unspooled === undefined ? files.spool : undefined;
  const failed = await handOut(sinks, keys, { spool, again: true, tag: await tagOf(custody) });
  if (failed.length === 0) return delivered(custody);
  // What was read back a moment ago is looked at again before anybody relies on it.
  if (spool !== undefined && (await stillSpooled(custody))) throw incomplete(failed, spool);
  const whole = sinks.holders.length === 0 && failed.length < sinks.main.length;
  throw whole
    ? incomplete(failed, "the others")
    : await rescued(custody, keys, [...failed, { title: files.spool, why: unspooled ?? "It is gone." }]);
}

const tagOf = async ({ files }: Custody): Promise<string | undefined> => (await readOrigin(files).catch(() => undefined))?.keptAs;

async function fillSpool(custody: Custody, keys: Keys): Promise<void> {
  const { room } = custody;
  custody.room = undefined;
  custody.spooled = await fill(custody.files, await custody.sinks.sealing.seal(keysText(keys)), room);
}

const stillSpooled = ({ files }: Custody): Promise<boolean> =>
  wholeAnswer(files).then(
    (text) => text !== undefined,
    () => false,
  );

/** Every sink has what belongs into it. Where nothing can be read back there is nothing more to prove, and the mark goes too. */
async function delivered(custody: Custody): Promise<void> {
  const { files, sinks } = custody;
  await underLock(custody, ({ lock, nonces }) =>
    refused(files.spool, async () => {
      const marked = nothingProven(sinks) ? await removeMark(files, nonces).then(() => true) : await tryToMark(files, lock.nonce);
      await release(files, custody.spooled);
      // What was released makes room on a full disk, which is no reason to stop: every place has the keys.
      if (!marked) await tryToMark(files, lock.nonce);
    }),
  );
}

const tryToMark = (files: KeyFiles, nonce: string): Promise<boolean> =>
  markAs(files, "kept", nonce).then(
    () => true,
    () => false,
  );

const nothingProven = ({ main }: Sinks): boolean => main.every(({ unproven }) => unproven !== undefined);

function incomplete(failed: readonly NotTaken[], safe: string): CliError {
  return failure(kinds.custodyIncomplete, {
    what: `The keys are safe in ${safe}, but not yet everywhere they belong`,
    why: failed.map(({ title, why }) => `${title}: ${why}`).join("\n"),
    fix: "Mend that and run the same command again: it puts them there. Vault is initialised, and nothing was lost.",
  });
}

async function rescued({ sinks }: Custody, keys: Keys, failed: readonly NotTaken[]): Promise<CliError> {
  for (const sink of sinks.rescue) {
    const taken = await sink.add(initDocument, keysText(keys)).then(
      () => true,
      () => false,
    );
    if (taken) return incomplete(failed, sink.title);
  }
  return failure(kinds.initLost, {
    what: "Vault is initialised, and its keys could not be kept anywhere",
    why: failed.map(({ title, why }) => `${title}: ${why}`).join("\n"),
    fix: "This Vault can never be unsealed: vault-k8s operator init --help says how to wipe it.",
  });
}

/**
 * Brings what an interrupted run left to every sink. Only the whole answer can be handed out again: in the sinks shares may be apart.
 * @throws CliError VK1504 where a place that can be read back does not give what it was given.
 */
export const complete = (custody: Custody): Promise<void> => underLock(custody, () => completeLocked(custody));

async function completeLocked(custody: Custody): Promise<void> {
  const { files, sinks } = custody;
  const spool = (await wholeAnswer(files)) === undefined ? undefined : files.spool;
  const keys = await gatherKeys(custody).catch((error: unknown) => {
    // The key file can be made of what is encrypted here without reading it; and what only others can read is as complete as can be said.
    if (error instanceof CliError && error.kind === kinds.noKeys && (spool !== undefined || nothingProven(sinks))) return undefined;
    throw error;
  });
  if (spool === undefined && keys === undefined) return refuseMissing(custody);
  if (spool === undefined && sinks.holders.length > 0) return delivered(custody);
  const failed = await handOut(sinks, keys, { spool, again: spool !== undefined, tag: await tagOf(custody) });
  if (failed.length > 0) throw incomplete(failed, spool ?? "the others");
  await delivered(custody);
  for (const sink of sinks.rescue) await sink.remove(initDocument).catch(() => undefined);
}

/** Keys that were kept where they can be read back, and are not there. */
function refuseMissing({ sinks }: Custody): void {
  if (nothingProven(sinks)) return;
  throw failure(kinds.noKeys, {
    what: `The keys were kept in ${titles(sinks.main).join(" and ")}, and are not there now`,
    why: "A reader that fails, such as that of a locked password manager, counts as one that does not have them.",
    fix: "Unlock that place or bring the keys back, then run the same command again. Vault is initialised, and only these keys open it.",
  });
}
