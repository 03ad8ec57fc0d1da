import { askingTheAddress, type Spec } from "../config/spec.ts";
import { fact, valueOf } from "../core/fact.ts";
import { failure, kinds } from "../errors.ts";
import { markOf } from "../kubernetes/ownership.ts";
import { openWorld, type OpenOptions, type World } from "../run/world/open.ts";
import { texts } from "../core/values.ts";
import { mounts, type Mount } from "../wiring/mounts.ts";
import { othersRoles } from "../wiring/role/others.ts";
import type { LeftCluster } from "./left.ts";
import { nowhere } from "./vault-names.ts";

/** The table of auth methods of the fleet's Vault, and what it is stored in. */
export interface AuthTable {
  readonly all: readonly Mount[];
  readonly storage: string | undefined;
}

export const authTable = (spec: Spec, options: OpenOptions): Promise<AuthTable> =>
  inVault(askingTheAddress(spec), options, async (world) => {
    const [all, storage] = await Promise.all([mounts(world, "sys/auth"), fact(() => storageOf(world))]);
    return { all, storage: valueOf(storage) };
  });

async function storageOf({ nodes }: World): Promise<string | undefined> {
  const [first] = await nodes.nodes();
  return first === undefined ? undefined : (await nodes.sealStatus(first)).storage_type;
}

/** What became of the clusters that have left. */
export interface Pruned {
  /** What was taken away, in its order. */
  readonly gone: readonly string[];
  /** What stays, each with why. */
  readonly stays: readonly string[];
}

/**
 * Takes away what is ours in Vault of clusters that have left: their auth methods, and the policies with their mark. Never a secret, and never
 * a method with roles of others. The policies go first: stopped in between, the mount still tells what is left to do.
 */
export const prune = (spec: Spec, options: OpenOptions, left: readonly LeftCluster[]): Promise<Pruned> =>
  inVault(spec, options, async (world) => {
    const all: Pruned[] = [];
    for (const each of left) all.push(await pruneOne(world, each, ourRoles(spec)));
    return { gone: all.flatMap(({ gone }) => gone), stays: all.flatMap(({ stays }) => stays) };
  });

const ourRoles = ({ consumers }: Spec): string[] => consumers.map(({ login }) => login.role);

async function inVault<T>(spec: Spec, options: OpenOptions, work: (world: World) => Promise<T>): Promise<T> {
  const world = await openWorld(spec, { ...options, held: nowhere });
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

async function pruneOne(world: World, { path, uid, description }: LeftCluster, roles: readonly string[]): Promise<Pruned> {
  const now = (await mounts(world.anew, "sys/auth")).find((mount) => mount.path === path);
  if (now === undefined) return { gone: [], stays: [] };
  if (now.description !== description)
    throw failure(kinds.planStale, {
      what: `auth/${path} is not what it was a moment ago`,
      why: "Somebody else changed its mark.",
      fix: "Run the same command again.",
    });
  const others = await othersRoles(world.anew, path, roles);
  if (others.length > 0) return { gone: [], stays: [`auth/${path} has roles of others: ${others.join(", ")}`] };
  const policies = await policiesOf(world, path, uid);
  for (const name of policies) await world.vault.remove(`sys/policies/acl/${name}`);
  await world.vault.remove(`sys/auth/${path}`);
  return { gone: [...policies.map((name) => `sys/policies/acl/${name}`), `auth/${path}`], stays: [] };
}

/** The policies of its roles, and the one that it has by default, where they bear the mark of the cluster. */
async function policiesOf({ anew: { vault } }: World, path: string, uid: string): Promise<string[]> {
  const roles = texts((await vault.get(`auth/${path}/role?list=true`))?.data["keys"]);
  const named = await Promise.all(roles.map(async (role) => texts((await vault.get(`auth/${path}/role/${role}`))?.data["token_policies"])));
  const names = [...new Set([...named.flat(), `${path}-read`])];
  const marked = await Promise.all(
    names.map(async (name) => {
      const text = (await vault.get(`sys/policies/acl/${name}`))?.data["policy"];
      return typeof text === "string" && markOf(text.split("\n", 1)[0] ?? "") === uid;
    }),
  );
  return names.filter((_, index) => marked[index]);
}
