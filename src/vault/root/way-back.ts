import { giveUp, newHolder } from "../../core/holder.ts";
import { failure, kinds } from "../../errors.ts";
import type { WayToRoot, Writers } from "../../systems/world.ts";
import { begin, end } from "./generation/begin.ts";
import type { Successor } from "./successor.ts";

/**
 * Proves that a successor and a quorum of the keys together lead back to a root token: a generation is begun with the very token, and
 * ended at once. Only right before root is revoked.
 * @throws CliError VK1520 where there is no way back, VK1522 where somebody else's generation is in the way.
 */
export async function proveWayBack(write: Writers, successor: Successor): Promise<void> {
  const way = await write.vault.wayToRoot(successor.token);
  if (way.kind !== "open") throw noWay(successor, way);
  const by = newHolder();
  try {
    const begun = await begin(write, way.generation, by);
    await end(write, way.generation, begun);
    if (begun.required === 0) throw noQuorum(successor);
  } finally {
    giveUp(by);
  }
}

const what = ({ title }: Successor): string =>
  `Nothing would lead back to a root token: the root token stays valid, and ${title} beside it`;

const noWay = (successor: Successor, { kind, reason }: Exclude<WayToRoot, { kind: "open" }>) =>
  failure(kinds.successorLacks, {
    what: what(successor),
    why:
      kind === "denied"
        ? `Vault does not let ${successor.title} generate root: ${reason}.`
        : `This server lets nobody generate root: ${reason}.`,
    fix:
      kind === "denied"
        ? "Give it the policy of --admin-policy and run the same command again, or say --keep-root; docs/root-token.md."
        : 'Open it in the server\'s configuration: enable_unauthenticated_access = ["generate-root"] (OpenBao before 2.6: disable_unauthed_generate_root_endpoints = false in its listener), and restart it. Then run the same command again, or say --keep-root; docs/root-token.md.',
  });

// With an auto-unseal the recovery keys are asked for: https://developer.hashicorp.com/vault/docs/concepts/seal#recovery-key
const noQuorum = (successor: Successor) =>
  failure(kinds.successorLacks, {
    what: what(successor),
    why: "Vault unseals itself and has no recovery keys, so no quorum could ask for root.",
    fix: "Make recovery keys (vault operator rekey -init -target=recovery), then run the same command again, or say --keep-root; docs/root-token.md.",
  });
