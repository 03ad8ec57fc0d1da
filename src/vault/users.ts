import { fact, isKnown } from "../core/fact.ts";
import { kinds } from "../errors.ts";
import { ownershipOf } from "../kubernetes/ownership.ts";
import type { Readers } from "../systems/world.ts";
import { isOurEngine, mounts, type Mount } from "../wiring/mounts.ts";
import { othersRoles } from "../wiring/role/others.ts";

/** A cluster's place in a Vault. */
export interface PlaceInVault {
  readonly authMount: string;
  /** Roles that we write there. */
  readonly roles: readonly string[];
}

/**
 * Who else uses a Vault, for people: logins at any other mount, roles of our mount that we did not write, and engines but ours and what a
 * fresh Vault has. What is of an unknown type counts.
 */
export async function otherUsers(read: Readers, { authMount, roles }: PlaceInVault): Promise<string[]> {
  const [logins, engines, uid, fresh] = await Promise.all([
    mounts(read, "sys/auth"),
    mounts(read, "sys/mounts"),
    read.kube.clusterUid(),
    read.keys.freshEngines(),
  ]);
  // Every Vault has these: an answer without them is none.
  if (!logins.some(isTokens) || !engines.some(({ path }) => path === "sys")) return ["what is mounted in it cannot be listed"];
  const isOurs = ({ path, description }: Mount): boolean => path === authMount && ownershipOf(description, uid) === "ours";
  const others = logins.filter((mount) => !isOurs(mount) && !isTokens(mount));
  const more = logins.some(isOurs) ? await othersRoles(read, authMount, roles) : [];
  const data = engines.filter((mount) => !isOurEngine(mount) && !isOfFreshVault(mount, fresh));
  return [
    ...(others.length === 0 ? [] : [`others log in to it at ${others.map(({ path }) => `auth/${path}`).join(", ")}`]),
    ...(more.length === 0 ? [] : [`others log in to it by roles of auth/${authMount}: ${more.join(", ")}`]),
    ...(data.length === 0 ? [] : [`others keep data in it at ${data.map(({ path }) => `${path}/`).join(", ")}`]),
  ];
}

/**
 * Paths of auth mounts that are neither ours nor Vault's own: other clusters and people. One that is of an unknown type counts. Undefined for an
 * answer that no Vault gives.
 * @throws CliError where they cannot be listed
 */
async function otherLogins(read: Readers, authMount: string): Promise<string[] | undefined> {
  const [logins, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
  if (!logins.some(isTokens)) return undefined;
  return logins
    .filter((mount) => !isTokens(mount) && !(mount.path === authMount && ownershipOf(mount.description, uid) === "ours"))
    .map(({ path }) => path);
}

/** Who else logs in, in words; undefined where it is known that nobody does. */
export async function whoElseLogsIn(read: Readers, authMount: string): Promise<string | undefined> {
  const found = await fact(() => otherLogins(read, authMount));
  const notKnown = (why: string): string => `it cannot be known who else logs in to this Vault: ${why}`;
  if (!isKnown(found)) return found.error?.kind === kinds.vaultUninitialised ? undefined : notKnown(found.error?.message ?? found.unknown);
  const others = found.value;
  if (others === undefined) return notKnown("its auth mounts are not listed");
  return others.length === 0 ? undefined : `others log in to this Vault at ${others.map((path) => `auth/${path}`).join(", ")}`;
}

const isTokens = ({ path, type }: Mount): boolean => path === "token" && /^(ns_)?token$/.test(type);

/** Of these types there is one in every Vault, which nobody can enable or disable: https://developer.hashicorp.com/vault/api-docs/system/mounts */
const single: ReadonlySet<string> = new Set(["system", "identity", "cubbyhole", "ns_system", "ns_identity", "ns_cubbyhole"]);

/** @param fresh path and type of what this very Vault had when it was initialised, where that was noted */
const isOfFreshVault = ({ path, type }: Mount, fresh: Readonly<Record<string, string>> | undefined): boolean =>
  single.has(type) || fresh?.[path] === type;
