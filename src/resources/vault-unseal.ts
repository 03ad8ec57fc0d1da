import { same, type Diff, type Say } from "../core/resource.ts";
import { untilSettled } from "../core/settle.ts";
import { CliError } from "../core/errors.ts";
import { failure, kinds, notYet } from "../errors.ts";
import type { Keys, Readers, SealStatus, VaultNode, Writers } from "../clients/world.ts";
import type { AppResource } from "../steps/define.ts";
import { unsealCommand } from "./vault-commands.ts";
import { nodeStates, type NodeState } from "./vault-init.ts";

/** All nodes joined and unsealed, each by itself: no request of this kind is passed on between nodes. */
export function vaultUnsealed(withinMs: number): AppResource {
  return {
    id: "vault sys/unseal",
    diff: diffUnseal,
    apply: (write, say) => applyUnseal(write, withinMs, say),
    command: () => unsealCommand(Math.ceil(withinMs / 1000)),
  };
}

async function diffUnseal(read: Readers): Promise<Diff> {
  const states = await nodeStates(read.nodes);
  if (!states.some(({ seal }) => seal.initialized)) throw notYet(kinds.vaultUninitialised, { what: "No Vault node is initialised", fix: "vault-k8s operator init does it, once." });
  refuseSplitBrain(states);
  const sealed = states.filter(({ seal }) => seal.sealed);
  if (sealed.length === 0) return same();
  return { kind: "update", changes: sealed.map(({ node, seal }) => ({ field: node.name, before: seal.initialized ? "sealed" : "not joined", after: "unsealed" })) };
}

async function applyUnseal(write: Writers, withinMs: number, say: Say): Promise<void> {
  const states = await nodeStates(write.nodes);
  const shares = await sharesFor(write, states);
  const members = states.filter(({ seal }) => seal.initialized);
  const newcomers = states.filter(({ seal }) => !seal.initialized);
  for (const { node, seal } of members) if (seal.sealed) await unsealNode(write, node, shares, withinMs, say);
  if (newcomers.length > 0) await joinAll(write, newcomers, shares, withinMs, say);
  refuseSplitBrain(await nodeStates(write.nodes));
  // Steps that follow need a Vault that answers, not only open ones.
  await activeNode(write, withinMs);
}

async function joinAll(write: Writers, newcomers: readonly NodeState[], shares: readonly string[], withinMs: number, say: Say): Promise<void> {
  const leader = await activeNode(write, withinMs);
  for (const { node } of newcomers) {
    say(`${node.name} joins ${leader.name}`);
    await write.nodes.join(node, leader.peerAddress, write.where.vaultCa);
    await unsealNode(write, node, shares, withinMs, say);
  }
}

/** The node that leads. Waits for the election that follows an unseal. */
async function activeNode(write: Writers, withinMs: number): Promise<VaultNode> {
  const find = async (): Promise<VaultNode | undefined> => {
    const unsealed = (await nodeStates(write.nodes)).filter(({ seal }) => seal.initialized && !seal.sealed);
    const leaders = await Promise.all(unsealed.map(async ({ node }) => ((await write.nodes.leader(node)).is_self ? node : undefined)));
    return leaders.find((node) => node !== undefined);
  };
  const found = await untilSettled(find, (node) => node !== undefined, { withinMs });
  if (found !== undefined) return found;
  throw failure(kinds.vaultNoActive, { what: "No Vault node became active", why: "Nodes are unsealed, but none was elected.", fix: "Look at the logs of the Vault pods; a majority of the raft members must be unsealed." });
}

async function unsealNode(write: Writers, node: VaultNode, shares: readonly string[], withinMs: number, say: Say): Promise<void> {
  if (shares.length > 0) await submit(write, node, shares);
  // A node that joins leaves the sealed state only when the leader has answered it.
  const seal = await untilSettled(() => write.nodes.sealStatus(node), (status) => !status.sealed, { withinMs, everyMs: 300 });
  if (seal.sealed) throw failure(kinds.unsealStuck, { what: `${node.name} stays sealed`, why: `It took ${shares.length} keys and says ${seal.progress} of ${seal.t}.`, fix: "Its log says why; nodes find each other by their names inside the cluster, so DNS must work there." });
  say(`${node.name} is unsealed`);
}

async function submit(write: Writers, node: VaultNode, shares: readonly string[]): Promise<void> {
  const before = await write.nodes.sealStatus(node);
  // Shares that somebody else began with would be mixed with ours.
  if (before.progress > 0) await write.nodes.resetUnseal(node);
  for (const share of shares) {
    const after = await write.nodes.unseal(node, share).catch((error: unknown) => refuseKey(error, node, write));
    if (!after.sealed) return;
  }
}

function refuseKey(error: unknown, node: VaultNode, read: Readers): SealStatus {
  if (!(error instanceof CliError) || error.kind !== kinds.vaultRejected) throw error;
  throw failure(kinds.wrongKeys, { what: `${node.name} does not take the keys of ${read.keys.describe()}`, why: error.why ?? error.message, fix: "Are they the keys of another Vault? --init-file names another file." });
}

/** As many shares as the threshold asks for; none where Vault unseals itself. */
async function sharesFor(read: Readers, states: readonly NodeState[]): Promise<readonly string[]> {
  const seal = states.find((state) => state.seal.initialized)?.seal;
  if (seal?.recovery_seal === true) return [];
  const keys = await read.keys.read();
  if (keys === undefined) throw failure(kinds.noKeys, { what: "Vault is sealed, and there are no unseal keys", why: `${read.keys.describe()} does not exist.`, fix: "--init-file names the key file; or each holder unseals each pod: kubectl exec -ti POD -- vault operator unseal" });
  refuseEncrypted(keys, read);
  return keys.unseal_keys_b64.slice(0, keys.unseal_threshold);
}

// A share is 33 bytes; a PGP message that holds one is far longer.
function refuseEncrypted(keys: Keys, read: Readers): void {
  if (!keys.unseal_keys_b64.some((share) => Buffer.from(share, "base64").length > 64)) return;
  throw failure(kinds.noKeys, {
    what: "The unseal keys are encrypted for their holders",
    why: `${read.keys.describe()} holds PGP messages; only the holders can read them.`,
    fix: "Each holder decrypts a share and gives it to each pod: base64 -d share | gpg -d, then kubectl exec -ti POD -- vault operator unseal. Then run the same command again.",
  });
}

/** Only unsealed nodes tell which cluster they are of. */
function refuseSplitBrain(states: readonly NodeState[]): void {
  const ids = new Map(states.filter(({ seal }) => seal.cluster_id !== undefined).map(({ node, seal }) => [seal.cluster_id, node.name]));
  if (ids.size <= 1) return;
  throw failure(kinds.splitBrain, { what: `The Vault pods form ${ids.size} clusters: ${[...ids].map(([id, name]) => `${name} in ${id ?? ""}`).join(", ")}`, why: "More than one pod was initialised.", fix: "Keep the one with the data; remove the volume and pod of each other one, and run the same command again: it joins." });
}
