import { CliError, NotYet } from "../core/errors.ts";
import { gone, stays, type RemovalState } from "../core/removal.ts";
import { kinds } from "../errors.ts";
import { owner, ownerLabel } from "../kubernetes/ownership.ts";
import type { Readers } from "../systems/world.ts";
import { claimsOf } from "./claims.ts";
import { releasePods } from "../systems/vault-pods.ts";
import { unlessRefused } from "../wiring/in-vault.ts";
import { otherUsers, type PlaceInVault } from "./users.ts";

/** The cluster's own Vault, and the cluster's place in it. */
export interface OwnVault extends PlaceInVault {
  readonly namespace: string;
  readonly release: string;
  /** The Vault namespace in which we are, of Vault Enterprise and OpenBao. */
  readonly vaultNamespace: string | undefined;
}

/** Why Vault has to stay; undefined where it may go, or is gone. */
export type VaultNeeded = (read: Readers) => Promise<string | undefined>;

/**
 * Whether Vault has to stay: it is not ours, others use it, or it cannot be asked whether they do: not known is never none. Asked anew each
 * time; once the run that was told "nobody" has taken it away, that stands.
 * @param force Others do not count.
 */
export function vaultNeeded(vault: OwnVault, force: boolean): VaultNeeded {
  let nobodyElse = false;
  return async (read) => {
    if (read.where.vaultIs !== "cluster") return "it is not in this cluster";
    if (await isForeign(read, vault)) return "it was installed by someone else";
    if (force) return undefined;
    const said = await asked(read, vault);
    if (said.kind === "silent") return nobodyElse && (await isUninstalled(read, vault)) ? undefined : said.reason;
    nobodyElse = said.reason === undefined;
    return said.reason;
  };
}

type Said = { readonly kind: "heard"; readonly reason: string | undefined } | { readonly kind: "silent"; readonly reason: string };

const heard = (reason?: string): Said => ({ kind: "heard", reason });

async function asked(read: Readers, vault: OwnVault): Promise<Said> {
  try {
    return heard(await unlessRefused("who else uses it", () => usedBy(read, vault), "; --force-vault takes it anyway"));
  } catch (error) {
    if (error instanceof NotYet) return notAsked(read, vault, error);
    throw error;
  }
}

async function usedBy(read: Readers, vault: OwnVault): Promise<string | undefined> {
  const others = await otherUsers(read, vault);
  if (others.length > 0) return `${others.join("; ")}; tear those down first, or pass --force-vault`;
  if (vault.vaultNamespace === undefined) return undefined;
  return `who uses it outside its namespace ${vault.vaultNamespace} is not known; --force-vault takes it anyway`;
}

/** @throws CliError where it is there and closed: that is told before anything is deleted. */
async function notAsked(read: Readers, vault: OwnVault, error: NotYet): Promise<Said> {
  if (!isDown(error)) throw asFailure(error);
  if (await isEmpty(read, vault)) return heard();
  return { kind: "silent", reason: `it cannot be asked who else uses it (${error.message}); --force-vault takes it anyway` };
}

/** How something stands that is in a Vault which is not there. @throws CliError where Vault is there and closed. */
export async function inSilentVault(read: Readers, vault: OwnVault, error: NotYet): Promise<RemovalState> {
  if (!isDown(error) || read.where.vaultIs !== "cluster") throw asFailure(error);
  if ((await isUninstalled(read, vault)) || (await isEmpty(read, vault))) return gone("Vault is not there");
  return stays(`Vault does not run: ${error.message}`);
}

/** Of a Vault that is sealed or does not answer it is known that it is there. */
const isDown = ({ kind }: NotYet): boolean => kind === kinds.vaultNotInstalled || kind === kinds.vaultUninitialised;

const asFailure = ({ kind, message: what, why, fix }: NotYet): CliError =>
  new CliError(kind, { what, why: why ?? "What is ours in it can only be taken away by itself.", fix });

/** Nothing can be in it: there is neither a release nor a volume, or each of its volumes is one of a pod that says that it is not initialised. */
async function isEmpty(read: Readers, vault: OwnVault): Promise<boolean> {
  const claims = await claimsOf(read, vault);
  if (claims.length === 0 && (await isUninstalled(read, vault))) return true;
  const nodes = await read.nodes.nodes();
  const states = await Promise.all(nodes.map((node) => read.nodes.sealStatus(node).catch(() => undefined)));
  const empty = new Set(nodes.filter((_, index) => states[index]?.initialized === false).map(({ name }) => name));
  const hasPod = (claim: string): boolean => [...empty].some((name) => claim.endsWith(`-${name}`));
  return empty.size > 0 && empty.size === nodes.length && claims.every(({ metadata }) => hasPod(metadata.name));
}

/** By another release, or by none. */
async function isForeign(read: Readers, vault: OwnVault): Promise<boolean> {
  const found = await read.helm.release(vault.namespace, vault.release);
  return found === undefined ? hasPods(read, vault) : found.labels[ownerLabel] !== owner;
}

/** Neither a release nor a pod is left of it. */
const isUninstalled = async (read: Readers, vault: OwnVault): Promise<boolean> =>
  (await read.helm.release(vault.namespace, vault.release)) === undefined && !(await hasPods(read, vault));

/** Also what only bears Vault's labels counts. */
async function hasPods({ kube }: Readers, vault: OwnVault): Promise<boolean> {
  const { set, pods, ignored } = await releasePods(kube, vault);
  return set !== undefined || pods.length + ignored.length > 0;
}
