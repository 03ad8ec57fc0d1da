import { conflict, unmarked, type Diff } from "../core/resource.ts";
import { literally, word } from "../core/shell.ts";
import { notYet, kinds } from "../errors.ts";
import type { Readers } from "../systems/world.ts";
import { ownershipOf, type Ownership } from "../kubernetes/ownership.ts";

/** One row of sys/auth or sys/mounts. Documented at Vault's API docs, /sys/auth and /sys/mounts. */
export interface Mount {
  readonly path: string;
  readonly type: string;
  readonly accessor: string;
  readonly description: string;
  readonly options?: { readonly version?: string } | null;
}

/** The description of the KV engine that we enable. It says no cluster: the engine is shared. */
export const engineMark = "managed by vault-k8s";

export const isOurEngine = ({ type, description }: Mount): boolean => type === "kv" && description === engineMark;

/** All mounts of `sys/auth` (logins) or `sys/mounts` (engines); paths without the slash at the end. */
export async function mounts(read: Pick<Readers, "vault">, where: "sys/auth" | "sys/mounts"): Promise<Mount[]> {
  const answer = await read.vault.get(where);
  return Object.entries(answer?.data ?? {}).map(([path, row]) => ({ ...(row as Omit<Mount, "path">), path: path.replace(/\/$/, "") }));
}

/** The mount at exactly `path`, or one above or below it: Vault refuses a mount whose path begins with another's. */
export function mountInTheWay(all: readonly Mount[], path: string): Mount | undefined {
  return all.find((mount) => mount.path !== path && (path.startsWith(`${mount.path}/`) || mount.path.startsWith(`${path}/`)));
}

type OwnedMount = Mount & { readonly ownership: Ownership };

/** The cluster's auth mount. Throws NotYet when it is not enabled; tells whose it is. */
export async function authMount(read: Readers, path: string): Promise<OwnedMount> {
  const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
  const mount = all.find((candidate) => candidate.path === path);
  if (mount === undefined)
    throw notYet(kinds.authNotEnabled, {
      what: `No auth method is enabled at auth/${path}`,
      fix: "vault-k8s auth enables and configures it.",
    });
  return { ...mount, ownership: ownershipOf(mount.description, uid) };
}

/** Why an auth mount is not ours to write, as a conflict; undefined when it is. */
export function notOurMount({ path, type, ownership }: OwnedMount): Diff | undefined {
  if (type !== "kubernetes") return conflict(`auth/${path} is a ${type} method, not kubernetes`, "Choose another path with --auth-mount.");
  if (ownership === "ours") return undefined;
  if (ownership === "other-cluster")
    return conflict(
      `auth/${path} belongs to another cluster`,
      "Give this cluster a path of its own: --auth-mount, or another --cluster name.",
    );
  return unmarked(`auth/${path} exists and is not marked as ours`, "Choose another path with --auth-mount.");
}

// The list is asked for: the policy that is enough for the tool allows no single mount to be read.
const list = (where: "sys/auth" | "sys/mounts"): string => `vault read -format=json ${where}`;

/** A command of a shell that succeeds where something is mounted at `path`. */
export const isMounted = (where: "sys/auth" | "sys/mounts", path: string): string =>
  `${list(where)} | grep -q ${word(`^ *"${literally(path)}/": {`)}`;

/** A command of a shell that prints the accessor of a mount. */
export const accessorOf = (where: "sys/auth" | "sys/mounts", path: string): string =>
  `${list(where)} | sed -n ${word(`\\,^ *"${literally(path)}/": {,,/}/s/.*"accessor": "\\([^"]*\\)".*/\\1/p`)}`;

/** The cluster whose login has this path where nobody chose another one (setting authMount); undefined for a path of another form. */
export const clusterNamed = (path: string): string | undefined => (path.startsWith("k8s-") ? path.slice("k8s-".length) : undefined);
