import pLimit from "p-limit";
import { CliError } from "../../../core/errors.ts";
import type { Say } from "../../../core/resource.ts";
import { failure, kinds } from "../../../errors.ts";
import type { RootTrace, VaultAnswer, Writers } from "../../../systems/world.ts";
import { texts } from "../../../core/values.ts";
import { record } from "./record.ts";

/** With a root token, and never that token itself. */
interface Looking {
  readonly write: Writers;
  readonly token: string;
  readonly accessor: string;
  readonly say: Say;
}

/**
 * Root tokens that killed runs left: one whose accessor is known is revoked by it; else exactly one that was made as such tokens are, in the
 * time that custody noted. Several are shown, and none of them is revoked: they may be somebody's.
 */
export async function revokeLeftBehind(looking: Looking): Promise<void> {
  const { write, accessor } = looking;
  const traces = ((await write.keys.rootRecord())?.tokens ?? []).filter((trace) => trace.accessor !== accessor);
  for (const trace of traces) {
    if (!(await isGone(looking, trace))) continue;
    await record(write, (before) => ({ ...before, tokens: before.tokens.filter((one) => !same(one, trace)) }));
  }
}

const same = (one: RootTrace, other: RootTrace): boolean => JSON.stringify(one) === JSON.stringify(other);

async function isGone(looking: Looking, trace: RootTrace): Promise<boolean> {
  const found = trace.accessor === undefined ? await madeWithin(looking, trace) : [trace.accessor];
  if (found.length > 1) {
    looking.say(
      `${found.length} root tokens were made when a run was killed, and one of them may be its own. None was revoked: ${found.join(", ")}`,
    );
    return false;
  }
  for (const accessor of found) {
    await byAccessor(looking, "revoke-accessor", accessor);
    if ((await byAccessor(looking, "lookup-accessor", accessor)) !== undefined) return false;
    looking.say(`revoked the root token that a killed run left, accessor ${accessor}`);
  }
  return true;
}

/** Accessors of root tokens of a generation that were made in that time. */
async function madeWithin(looking: Looking, { from, until }: RootTrace): Promise<string[]> {
  const listed = await looking.write.vault.getAs(looking.token, "auth/token/accessors?list=true");
  // Not known is never none.
  if (listed.kind !== "found")
    throw failure(kinds.vaultGarbage, {
      what: "Vault does not list its tokens for a root token",
      why: "A root token that a killed run left may be among them.",
      fix: "Look at Vault's log, then run the same command again.",
    });
  const all = texts(listed.answer.data["keys"]);
  const limit = pLimit(16);
  const found = await Promise.all(
    all
      .filter((accessor) => accessor !== looking.accessor)
      .map((accessor) => limit(async () => ((await fits(accessor)) ? [accessor] : []))),
  );
  return found.flat();

  async function fits(accessor: string): Promise<boolean> {
    const { policies, path, creation_time: made } = (await byAccessor(looking, "lookup-accessor", accessor))?.data ?? {};
    const isRoot = texts(policies).join() === "root" && path === "auth/token/root";
    return isRoot && typeof made === "number" && made >= from && made <= until;
  }
}

/** Undefined where Vault knows no such token any more: 400 in older versions, 403 in newer ones. */
async function byAccessor(
  { write, token }: Looking,
  what: "lookup-accessor" | "revoke-accessor",
  accessor: string,
): Promise<VaultAnswer | undefined> {
  try {
    return await write.vault.postAs(token, `auth/token/${what}`, { accessor });
  } catch (error) {
    const known = [kinds.vaultRejected, kinds.vaultDenied].some((kind) => error instanceof CliError && kind === error.kind);
    if (known && /invalid accessor/.test((error as CliError).why ?? "")) return undefined;
    throw error;
  }
}
