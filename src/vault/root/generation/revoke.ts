import { CliError } from "../../../core/errors.ts";
import { untilSettled } from "../../../core/settle.ts";
import { failure, kinds } from "../../../errors.ts";
import type { Writers } from "../../../systems/world.ts";
import { factsOf } from "../token-facts.ts";
import { record } from "./record.ts";

/**
 * Revokes a root token and proves that Vault knows it no more; then custody forgets it.
 * @param accessor undefined where it never became known
 * @throws CliError VK1521 where that cannot be proven: it may be valid, and custody goes on knowing of it.
 */
export async function revokeProven(
  write: Writers,
  token: string,
  { accessor, patienceMs = 60_000 }: { readonly accessor: string | undefined; readonly patienceMs?: number | undefined },
): Promise<void> {
  const left = await untilSettled(
    () => revoked(write, token),
    (why) => why === undefined,
    { withinMs: patienceMs, everyMs: 1_000 },
  );
  if (left !== undefined) throw mayBeValid(write, accessor, left);
  // Where its accessor never became known, it is the one that was noted last.
  await record(write, ({ tokens, ...before }) => ({
    ...before,
    nonce: undefined,
    tokens: accessor === undefined ? tokens.slice(0, -1) : tokens.filter((trace) => trace.accessor !== accessor),
  }));
}

/** Why it may still be valid; undefined where it surely is not. */
async function revoked(write: Writers, token: string): Promise<string | undefined> {
  try {
    await write.vault.revoke(token);
    return (await factsOf(write, token)) === undefined ? undefined : "Vault was told to revoke it, and still knows it.";
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return error.words;
  }
}

const mayBeValid = (write: Writers, accessor: string | undefined, why: string): CliError =>
  failure(kinds.rootNotRevoked, {
    what: `A root token may still be valid (${write.vault.describe()})${accessor === undefined ? "" : `: its accessor is ${accessor}`}`,
    why,
    fix: "When Vault answers again: vault-k8s operator generate-root -- true, with the flags of this run. It finds that token and revokes it.",
  });
