import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { InitAnswer, InitRequest, VaultNode, Writers } from "../../systems/world.ts";
import type { VaultRelease } from "./empty-nodes.ts";
import { lost } from "./lost.ts";

export interface Asked {
  readonly node: VaultNode;
  readonly request: InitRequest;
  readonly release: VaultRelease;
  readonly begunBefore: boolean;
}

/** Sends the request. Throws VK1503 where Vault may have been initialised by it, VK1208 where somebody else was faster, and what Vault says. */
export async function ask(write: Writers, asked: Asked): Promise<InitAnswer> {
  try {
    return await write.nodes.init(asked.node, asked.request);
  } catch (error) {
    await afterFailedInit(write, asked, error);
    throw error;
  }
}

/** Only when the node surely is not initialised, or surely by somebody else, the mark goes: the next run may try again. */
async function afterFailedInit(write: Writers, { node, release, begunBefore }: Asked, error: unknown): Promise<void> {
  const seal = await write.nodes.sealStatus(node).catch((failed: unknown) => {
    if (failed instanceof CliError) return undefined;
    throw failed;
  });
  if (seal === undefined) return;
  const refused = error instanceof CliError && error.kind === kinds.vaultRejected;
  if (seal.initialized && (!refused || begunBefore)) throw lost(write, release);
  await write.keys.abandon();
  if (seal.initialized)
    throw failure(kinds.vaultRejected, {
      what: `${node.name} was initialised by somebody else meanwhile`,
      why: "Vault refused this run's init, so its keys are where that other run keeps them.",
      fix: "Ask who did it; then name their key file with --init-file.",
    });
}
