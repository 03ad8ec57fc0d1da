import { CliError } from "../../../core/errors.ts";
import { giveUp, newHolder } from "../../../core/holder.ts";
import type { Say } from "../../../core/resource.ts";
import { failure, kinds } from "../../../errors.ts";
import type { KeyHolders, RootGeneration, WayToRoot, Writers } from "../../../systems/world.ts";
import { withLease, type LeaseOf } from "../../../kubernetes/lease.ts";
import { refuseSplitBrain } from "../../nodes/split-brain.ts";
import { nodeStates } from "../../nodes/states.ts";
import { factsOf } from "../token-facts.ts";
import { begin, cancelExactly, end, underWay } from "./begin.ts";
import { decode } from "./decode.ts";
import { giveKeys } from "./give.ts";
import { revokeLeftBehind } from "./left-behind.ts";
import { quorum } from "./quorum.ts";
import { record } from "./record.ts";
import { revokeProven } from "./revoke.ts";

export interface HowToUse {
  /** Keeps runs of ours away from other machines. */
  readonly lease: LeaseOf;
  readonly say: Say;
  /** How long Vault may be away when the token is to be revoked, in milliseconds. */
  readonly patienceMs?: number | undefined;
}

/**
 * Makes a root token of a quorum of the keys, works with it, and revokes it when the work ends, however it ends. Killed at any moment, the
 * next run finds what is left, in Vault and in custody.
 * @throws CliError VK1523 where Vault does not let root be generated, VK1522, VK1513, VK1504, VK1505, VK1508; VK1521 where it cannot be
 * proven that the token is revoked, whatever the work came to.
 */
export async function withRoot<T>(write: Writers, how: HowToUse, work: (token: string) => Promise<T>): Promise<T> {
  return withLease(write.vaultKube, how.lease, { say: how.say, without: "go on" }, () => alone(write, how, work));
}

async function alone<T>(write: Writers, how: HowToUse, work: (token: string) => Promise<T>): Promise<T> {
  await refuseSplitBrain(write, await nodeStates(write.nodes));
  const holders = await quorum(write, write.holders);
  const way = await write.vault.wayToRoot();
  if (way.kind !== "open") throw closed(write, way);
  const by = newHolder();
  try {
    const token = await make(write, way.generation, holders, by);
    return await used(write, token, how, work);
  } finally {
    giveUp(by);
  }
}

async function make(write: Writers, generation: RootGeneration, holders: KeyHolders, by: ReturnType<typeof newHolder>): Promise<string> {
  const begun = await begin(write, generation, by);
  try {
    return decode(await giveKeys(write, generation, begun, holders), begun.otp);
  } catch (error) {
    // What is left then is found by the next run, by the nonce and by the time that custody knows.
    await end(write, generation, begun).catch(() => undefined);
    throw error;
  }
}

async function used<T>(write: Writers, token: string, { say, patienceMs }: HowToUse, work: (token: string) => Promise<T>): Promise<T> {
  let accessor: string | undefined;
  try {
    accessor = await known(write, token);
    const own = accessor;
    await record(write, ({ tokens, ...before }) => ({
      ...before,
      nonce: undefined,
      tokens: tokens.map((trace, index) => (index === tokens.length - 1 ? { ...trace, accessor: own } : trace)),
    }));
    await revokeLeftBehind({ write, token, accessor, say });
    return await work(token);
  } finally {
    await revokeProven(write, token, { accessor, patienceMs });
  }
}

/** Its accessor, once it is sure that it is a root token. */
async function known(write: Writers, token: string): Promise<string> {
  const facts = await factsOf(write, token);
  if (facts?.policies.includes("root") === true && facts.accessor !== "") return facts.accessor;
  throw failure(kinds.vaultGarbage, { what: "What Vault gave for the keys is no root token", fix: "Look at a proxy in between." });
}

const closed = (write: Writers, { kind, reason }: Exclude<WayToRoot, { kind: "open" }>): CliError =>
  failure(kinds.rootGenerationClosed, {
    what: `Vault does not let root be generated (${write.vault.describe()})`,
    why: kind === "denied" ? `The token of this run may not: ${reason}.` : `This server lets nobody do it: ${reason}.`,
    fix:
      kind === "denied"
        ? "A token that may do it is wanted beside the keys: the one that is kept with them, or another one in --vault-token-file. Without any, open it in the server's configuration; docs/root-token.md."
        : "Open it in the server's configuration; docs/root-token.md.",
  });

/** Ends a generation by its nonce, as a person has read it. False where none is under way. Throws VK1522 where it is another one, VK1523. */
export async function cancelByNonce(write: Writers, nonce: string): Promise<boolean> {
  const way = await write.vault.wayToRoot();
  if (way.kind !== "open") throw closed(write, way);
  const now = await way.generation.status();
  if (now.started && now.nonce !== nonce) throw underWay(now);
  await cancelExactly(way.generation, nonce);
  const known = await write.keys.rootRecord();
  if (known?.nonce === nonce) await record(write, (before) => ({ ...before, nonce: undefined }));
  return now.started;
}
