import { fail, pass, type Found } from "../core/check.ts";
import { CliError, exitCodes } from "../core/errors.ts";
import { inOrder } from "../core/in-order.ts";
import { kinds } from "../errors.ts";
import type { KvSpec } from "../config/spec/wiring.ts";
import { ownershipOf } from "../kubernetes/ownership.ts";
import type { Readers } from "../systems/world.ts";
import { probePath } from "../systems/probe-path.ts";
import { clusterNamed, mounts } from "./mounts.ts";

const probe = "vault-k8s-probe";

/**
 * Paths of the same kind that a login may not read: elsewhere in the engine, at a name that begins as the prefix does, and beside it. Where the
 * whole engine is the cluster's, one of another engine.
 */
export function outsidePaths({ mount, prefix }: KvSpec): readonly string[] {
  if (prefix === "") return [`${probe}-outside/data/of-the-mount`];
  const own = prefix.replace(/\/$/, "");
  const above = own.slice(0, own.lastIndexOf("/") + 1);
  return [`${probe}-outside/of-the-prefix`, `${own}-${probe}/of-another`, `${above}${probe}/of-another`].map(
    (path) => `${mount}/data/${path}`,
  );
}

/** What the proofs of it are called. */
export const boundsOf = ({ mount, prefix }: KvSpec): string =>
  prefix === "" ? `it reads all of ${mount}/, and is refused outside of it` : `it reads below ${mount}/${prefix} and is refused elsewhere`;

export const tooWide = "A policy of the role is too wide: look at the policies of the role, and at the default policy.";

/** Proves that a login is refused outside of its prefix, and at the prefixes of other clusters of this Vault. */
export async function refusedElsewhere(
  read: Readers,
  token: string,
  kv: KvSpec,
  known: Promise<OtherCluster[] | undefined> = otherClusters(read, kv),
): Promise<Found> {
  const [open, found] = await inOrder([openOutside(read, token, kv), known.then((others) => atOthers(read, token, kv, others))]);
  return open === undefined ? found : fail(`It may read ${open}, outside of its prefix`, tooWide);
}

async function openOutside({ vault }: Readers, token: string, kv: KvSpec): Promise<string | undefined> {
  const paths = outsidePaths(kv);
  const answers = await Promise.all(paths.map((path) => vault.getAs(token, path)));
  return paths.find((_, index) => answers[index]?.kind !== "denied");
}

async function atOthers(read: Readers, token: string, kv: KvSpec, others: readonly OtherCluster[] | undefined): Promise<Found> {
  if (others === undefined) return pass("other clusters of this Vault were not looked for: this run may not read sys/auth");
  const apart = others.filter(({ prefix }) => !prefix.startsWith(kv.prefix)).slice(0, most);
  const readable = await firstReadable(read, token, apart);
  if (readable !== undefined) return fail(`It may read ${readable.path}, which is of cluster ${readable.name}`, tooWide);
  const within = others.filter(({ prefix }) => prefix.startsWith(kv.prefix)).map(({ name }) => name);
  return within.length === 0 ? pass() : pass(`its prefix holds those of ${within.join(", ")}`);
}

/** How many other clusters are asked for. */
const most = 5;

interface OtherCluster {
  readonly name: string;
  /** As the tool chooses it. */
  readonly prefix: string;
  readonly path: string;
}

/** Clusters whose login has the name that the tool gives it; undefined where this run cannot know. */
export async function otherClusters(read: Readers, { mount }: KvSpec): Promise<OtherCluster[] | undefined> {
  try {
    const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
    const marked = all.filter(({ description }) => ownershipOf(description, uid) === "other-cluster");
    const names = marked.flatMap(({ path }) => clusterNamed(path) ?? []).sort();
    return names.map((name) => ({ name, prefix: `k8s/${name}/`, path: probePath(mount, `k8s/${name}/`) }));
  } catch (error) {
    if (error instanceof CliError && (error.kind.exit === exitCodes.refused || error.kind === kinds.vaultNoToken)) return undefined;
    throw error;
  }
}

async function firstReadable(read: Readers, token: string, others: readonly OtherCluster[]): Promise<OtherCluster | undefined> {
  if (others.length === 0) return undefined;
  const mayRead = (await fromCapabilities(read, token, others)) ?? (await fromReads(read, token, others));
  return others.find((_, index) => mayRead[index]);
}

/** Undefined where the login may not ask for what it may do, as without the default policy. */
async function fromCapabilities({ vault }: Readers, token: string, others: readonly OtherCluster[]): Promise<boolean[] | undefined> {
  try {
    const has = await vault.capabilities(
      others.map(({ path }) => path),
      token,
    );
    return others.map(({ path }) => (has[path] ?? []).some((one) => one !== "deny"));
  } catch (error) {
    if (error instanceof CliError && error.kind.exit === exitCodes.refused) return undefined;
    throw error;
  }
}

const fromReads = ({ vault }: Readers, token: string, others: readonly OtherCluster[]): Promise<boolean[]> =>
  Promise.all(others.map(async ({ path }) => (await vault.getAs(token, path)).kind !== "denied"));
