import { exitCodes } from "../../core/errors.ts";
import { uninterrupted } from "../../core/uninterrupted.ts";
import { failure, kinds } from "../../errors.ts";
import { openWorld, type World } from "../../run/world/open.ts";
import { oneLine } from "../../systems/printable.ts";
import { cancelByNonce, withRoot } from "../../vault/root/generation/with-root.ts";
import { environmentFor, runToItsEnd } from "./borrowed-token.ts";
import type { CallWith, Run } from "./command.ts";
import { askingHolders, holdersFrom } from "./key-holders.ts";
import type { operatorGenerateRootOptions } from "./own-options.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { worldOptions } from "./world-options.ts";

type RootCall = CallWith<typeof operatorGenerateRootOptions>;

/** Makes a root token of a quorum of the keys, runs a command with it, and revokes it; or ends a generation by its nonce. */
export const run: Run<typeof operatorGenerateRootOptions> = async (call) => {
  const { cancel } = call.options;
  refuseBoth(call);
  const prepared = await prepareForCluster(call);
  const { spec, prompts } = prepared;
  const say = saying(prepared);
  if (spec.run.dryRun)
    return (say(cancel === undefined ? `would run ${call.args[0]} with a root token` : `would end ${cancel}`), exitCodes.done);
  const holders = call.options.keyStdin === true ? holdersFrom(call.host.streams.stdin) : askingHolders(prompts, () => undefined);
  // Once a root token may exist, an interrupt must not break off what revokes it.
  const world = await openWorld(spec, { ...worldOptions(call, prepared), signal: undefined, holders });
  try {
    if (cancel === undefined) return await uninterrupted(() => withCommand(call, prepared, world, say), held);
    say((await cancelByNonce(world, cancel)) ? "the root generation was ended" : "no root generation is under way");
    return exitCodes.done;
  } finally {
    await world.close();
  }
};

const held = "the root token is revoked before the run ends.";

function refuseBoth({ args, options: { cancel } }: RootCall): void {
  if (args.length > 0 !== (cancel !== undefined)) return;
  throw failure(kinds.usage, {
    what: args.length === 0 ? "Nothing says what to run with the root token" : "--cancel runs no command",
    fix: "Name a command behind --, for instance: vault-k8s operator generate-root -- vault auth enable oidc",
  });
}

const saying =
  ({ spec, terminal: { err, symbols } }: ForCluster) =>
  (words: string): void => {
    if (!spec.run.quiet) err(`${symbols.waiting} ${oneLine(words)}\n`);
  };

function withCommand({ args, host }: RootCall, { spec }: ForCluster, world: World, say: (words: string) => void): Promise<number> {
  const { namespace, release } = spec.vault.install;
  return withRoot(world, { say, lease: { namespace, release: `${release}-root-generation` } }, async (token) => {
    if (host.signal.aborted) throw failure(kinds.interrupted, { what: "Interrupted before the command was run" });
    const lent = await world.lend();
    try {
      const env = environmentFor(host.env, lent, token);
      return await runToItsEnd(args, { env, cwd: host.cwd, terminal: process.stdin.isTTY });
    } finally {
      await lent.close();
    }
  });
}
