import { same, type Change, type Diff, type Say } from "../core/resource.ts";
import { CliError, NotYet } from "../core/errors.ts";
import { failure, kinds, notYet } from "../errors.ts";
import type { InitAnswer, InitRequest, Keys, NodesReader, Readers, SealStatus, VaultNode, Writers } from "../clients/world.ts";
import type { AppResource } from "../steps/define.ts";
import { initCommand } from "./vault-commands.ts";
import { pgpKeyBody } from "./pgp-key.ts";

export interface InitSettings {
  readonly keyShares: number;
  readonly keyThreshold: number;
  readonly pgpKeys: readonly string[];
  readonly rootTokenPgpKey: string | undefined;
}

export interface NodeState {
  readonly node: VaultNode;
  readonly seal: SealStatus;
}

/** Every node that answers, with its own seal status. Throws NotYet when there is none. */
export async function nodeStates(nodes: NodesReader): Promise<NodeState[]> {
  const all = await nodes.nodes();
  if (all.length === 0) throw notYet(kinds.vaultNotInstalled, { what: "There are no Vault pods", fix: "vault-k8s install makes them; --install-namespace and --release say where they are." });
  const running = all.filter((node) => node.phase === "Running");
  if (running.length === 0) throw notYet(kinds.vaultNotInstalled, { what: `No Vault pod runs: ${all.map((node) => `${node.name} is ${node.phase}`).join(", ")}`, fix: "vault-k8s install waits for them and says why they do not." });
  return Promise.all(running.map(async (node) => ({ node, seal: await nodes.sealStatus(node) })));
}

/** Vault's initialisation. It happens once, on one chosen node; its answer goes into custody before anything else. */
export function vaultInit(settings: InitSettings): AppResource {
  return {
    id: "vault sys/init",
    diff: (read) => diffInit(read, settings),
    apply: (write, say) => applyInit(write, settings, say),
    preview: (read, found) => Promise.resolve(found instanceof NotYet ? newVault(read, settings) : found.changes),
    command: () => initCommand(settings),
  };
}

async function diffInit(read: Readers, settings: InitSettings): Promise<Diff> {
  const states = await nodeStates(read.nodes);
  if (states.some(({ seal }) => seal.initialized)) {
    if (await read.keys.initWasLost()) throw lost(read);
    return same();
  }
  return { kind: "create", changes: newVault(read, settings) };
}

const newVault = (read: Readers, { keyShares, keyThreshold }: InitSettings): Change[] => [
  { field: "key shares", after: String(keyShares) },
  { field: "key threshold", after: String(keyThreshold) },
  { field: "keys go to", after: read.keys.describe() },
];

async function applyInit(write: Writers, settings: InitSettings, say: Say): Promise<void> {
  const [chosen] = await nodeStates(write.nodes);
  const request = await initRequest(settings, chosen!.seal);
  await write.keys.prepare();
  const answer = await ask(write, chosen!.node, request);
  await write.keys.keep(toKeys(answer, settings));
  say(`${chosen!.node.name} is initialised; unseal keys and root token are in ${write.keys.describe()}`);
}

async function initRequest(settings: InitSettings, seal: SealStatus): Promise<InitRequest> {
  const pgp = await Promise.all(settings.pgpKeys.map(pgpKeyBody));
  const root = settings.rootTokenPgpKey === undefined ? {} : { root_token_pgp_key: await pgpKeyBody(settings.rootTokenPgpKey) };
  // The fields of one seal are refused by the other: Vault's API docs, /sys/init.
  return seal.recovery_seal === true
    ? { recovery_shares: settings.keyShares, recovery_threshold: settings.keyThreshold, ...(pgp.length > 0 && { recovery_pgp_keys: pgp }), ...root }
    : { secret_shares: settings.keyShares, secret_threshold: settings.keyThreshold, ...(pgp.length > 0 && { pgp_keys: pgp }), ...root };
}

async function ask(write: Writers, node: VaultNode, request: InitRequest): Promise<InitAnswer> {
  try {
    return await write.nodes.init(node, request);
  } catch (error) {
    await afterFailedInit(write, node);
    throw error;
  }
}

/** Only when the node surely is not initialised may another try be made. */
async function afterFailedInit(write: Writers, node: VaultNode): Promise<void> {
  const seal = await write.nodes.sealStatus(node).catch((error: unknown) => {
    if (error instanceof CliError || error instanceof NotYet) return undefined;
    throw error;
  });
  if (seal === undefined) return;
  if (seal.initialized) throw lost(write);
  await write.keys.abandon();
}

function lost(read: Readers): CliError {
  return failure(kinds.initLost, {
    what: "Vault is initialised, but the answer with its unseal keys never arrived",
    why: `An init was begun and cut off. The keys are given once; they are not in ${read.keys.describe()}, and Vault does not keep them.`,
    fix: "This Vault can never be unsealed. If it holds no data, remove its release and volumes, and the mark init-under-way.json beside the key file, then begin again: helm uninstall vault -n vault; kubectl delete pvc -n vault -l app.kubernetes.io/name=vault",
  });
}

const hexToBase64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

/** The answer in the shape that `vault operator init -format=json` prints. */
function toKeys(answer: InitAnswer, { keyShares, keyThreshold }: InitSettings): Keys {
  const recovery = answer.recovery_keys ?? [];
  const auto = recovery.length > 0;
  return {
    unseal_keys_b64: answer.keys_base64 ?? answer.keys.map(hexToBase64),
    unseal_keys_hex: answer.keys,
    unseal_shares: auto ? 1 : keyShares,
    unseal_threshold: auto ? 1 : keyThreshold,
    recovery_keys_b64: answer.recovery_keys_base64 ?? recovery.map(hexToBase64),
    recovery_keys_hex: recovery,
    recovery_keys_shares: auto ? keyShares : 0,
    recovery_keys_threshold: auto ? keyThreshold : 0,
    root_token: answer.root_token,
  };
}
