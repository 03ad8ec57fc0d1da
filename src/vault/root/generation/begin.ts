import { CliError } from "../../../core/errors.ts";
import { fateOf, type Holder } from "../../../core/holder.ts";
import { failure, kinds } from "../../../errors.ts";
import type { RootGeneration, RootGenerationStatus, Writers } from "../../../systems/world.ts";
import { record } from "./record.ts";

/** A generation that this run has begun. */
export interface Begun extends RootGenerationStatus {
  readonly otp: string;
}

/**
 * Begins a generation of ours, and keeps its nonce in custody at once. What an earlier run of ours left is ended first: its password went
 * with that run.
 * @throws CliError VK1522 where one is under way that is not ours, VK1513 where another run of ours is at it, VK1502.
 */
export async function begin(write: Writers, generation: RootGeneration, by: Holder): Promise<Begun> {
  await endOurs(write, generation);
  const begun = await generation.start().catch((error: unknown) => tooLate(error, generation));
  try {
    await record(write, (before) => ({ ...before, by, nonce: begun.nonce }));
  } catch (error) {
    await cancelExactly(generation, begun.nonce);
    throw error;
  }
  return begun;
}

async function endOurs(write: Writers, generation: RootGeneration): Promise<void> {
  const known = await write.keys.rootRecord();
  if (known?.by !== undefined && fateOf(known.by) === "runs") throw atWork(known.by);
  const now = await generation.status();
  if (!now.started) return;
  if (now.nonce !== known?.nonce) throw underWay(now);
  await cancelExactly(generation, now.nonce);
}

/** Ends a generation that this run began: nothing is left of it, in Vault and in custody. */
export async function end(write: Writers, generation: RootGeneration, { nonce }: Begun): Promise<void> {
  await cancelExactly(generation, nonce);
  await record(write, (before) => ({ ...before, nonce: undefined }));
}

/** Looks again right before: the request takes no nonce, and would end anybody's. */
export async function cancelExactly(generation: RootGeneration, nonce: string): Promise<void> {
  const now = await generation.status();
  if (now.started && now.nonce === nonce) await generation.cancel();
}

/** Somebody else began one between two looks. */
async function tooLate(error: unknown, generation: RootGeneration): Promise<never> {
  const now = error instanceof CliError && error.kind === kinds.vaultRejected ? await generation.status() : undefined;
  throw now?.started === true ? underWay(now) : error;
}

/** Vault takes one at a time, and whose it is only its nonce tells. */
export const underWay = ({ nonce, progress, required }: RootGenerationStatus): CliError =>
  failure(kinds.rootGenerationUnderWay, {
    what: "A root generation is under way in Vault that is not known to be ours",
    why: `Its nonce is ${nonce}; it has ${progress} of ${required} keys. It may be a person's, or of a run that was killed before it could keep the nonce.`,
    fix: `Wait until it has ended, then run the same command again. If nobody wants it any more: vault-k8s operator generate-root --cancel ${nonce}, with the flags of this run.`,
  });

const atWork = ({ process: pid, host, since }: Holder): CliError =>
  failure(kinds.runUnderWay, {
    what: "Another run is generating a root token for this Vault",
    why: `Process ${pid} of ${host} began ${since}, and still runs.`,
    fix: "Wait until it has ended, then run the same command again.",
  });
