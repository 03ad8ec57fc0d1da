import { NotYet } from "../../core/errors.ts";
import { gone, stays, type RemovalState } from "../../core/removal.ts";
import { conflict, same, type Change, type Diff } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import type { WiringSpec } from "../../config/spec/wiring.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { AppResource } from "../../systems/step.ts";
import { othersRoles } from "../role/others.ts";
import { byMark, inVault, unlessRefused } from "../in-vault.ts";
import { isMounted, mountInTheWay, mounts, notOurMount, type Mount } from "../mounts.ts";
import { flagsFor, otherMountOf, wrongName } from "./names.ts";
import { onObject, onPath } from "../../systems/need.ts";
import { fleetOf, mark, ownershipOf } from "../../kubernetes/ownership.ts";

type Place = Pick<WiringSpec, "authMount" | "fleet">;

/** The Kubernetes auth method at the cluster's own path. */
export function kubernetesAuthMount({ authMount: path, fleet }: Place, roles: () => readonly string[]): AppResource {
  return {
    id: `vault auth/${path}`,
    ref: { is: "auth mount", path },
    removal: (policy) => mountRemoval(path, roles(), policy),
    diff: (read) => diffAuthMount(read, path, fleet),
    preview: async (read, found) => (found instanceof NotYet ? newMount(await read.kube.clusterUid(), fleet) : found.changes),
    // Enabling a method asks for sudo besides.
    needs: () => [
      onPath("sys/auth", "read"),
      onPath(`sys/auth/${path}`, "update", "sudo"),
      ...onObject({ apiVersion: "v1", kind: "Namespace", name: "kube-system" }, ["get"]),
    ],
    apply: async (write: Writers) => {
      const description = mark(await write.kube.clusterUid(), fleet);
      if (fleet !== undefined && (await mounts(write, "sys/auth")).some((each) => each.path === path))
        await write.vault.post(`sys/mounts/auth/${path}/tune`, { description });
      else await write.vault.post(`sys/auth/${path}`, { type: "kubernetes", description });
    },
    content: async (read) => ({
      kind: "write",
      file: "auth-mount.json",
      path: `sys/auth/${path}`,
      body: { type: "kubernetes", description: mark(await read.kube.clusterUid(), fleet) },
      unless: isMounted("sys/auth", path),
    }),
    command: async (read) => ({
      lines: `${isMounted("sys/auth", path)} || vault auth enable -path=${word(path)} -description=${word(mark(await read.kube.clusterUid(), fleet))} kubernetes`,
      needs: ["vault"],
    }),
  };
}

/** Disabling it revokes the tokens that it gave. */
const mountRemoval = (path: string, roles: readonly string[], policy: RemovalPolicy): AppRemoval => ({
  id: `vault auth/${path}`,
  look: async (read) => (await wrongName(read, path)) ?? (await inVault((asked) => lookAtMount(asked, path, roles), policy)(read)),
  remove: (write) => write.vault.remove(`sys/auth/${path}`),
  command: () => ({ lines: `vault auth disable ${word(path)}`, needs: ["vault"] }),
});

async function lookAtMount(read: Readers, path: string, roles: readonly string[]): Promise<RemovalState> {
  const mount = (await mounts(read, "sys/auth")).find((each) => each.path === path);
  if (mount === undefined) return gone();
  const state = await byMark(read, mount.description, "with its role and its configuration");
  const reason = state.kind === "there" ? await keptByRoles(read, path, roles) : undefined;
  return reason === undefined ? state : stays(reason);
}

/** Roles bear no mark: those that we would not write are somebody's. */
const keptByRoles = (read: Readers, path: string, roles: readonly string[]): Promise<string | undefined> =>
  unlessRefused("who else logs in by it", async () => {
    const others = await othersRoles(read, path, roles);
    if (others.length === 0) return undefined;
    return `it has roles of others: ${others.join(", ")}; --role-name names ours, vault delete auth/${path}/role/NAME takes one away`;
  });

const newMount = (uid: string, fleet: string | undefined): Change[] => [
  { field: "type", after: "kubernetes" },
  { field: "description", after: mark(uid, fleet) },
];

async function diffAuthMount(read: Readers, path: string, fleet: string | undefined): Promise<Diff> {
  const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
  const blocking = mountInTheWay(all, path);
  if (blocking !== undefined)
    return conflict(
      `auth/${path} cannot be enabled: auth/${blocking.path} is in its way`,
      "Choose a path that does not begin with another mount's path: --auth-mount",
    );
  const found = all.find((mount) => mount.path === path);
  if (found === undefined) return knownAs(all, uid, path) ?? { kind: "create", changes: newMount(uid, fleet) };
  return notOurMount({ ...found, ownership: ownershipOf(found.description, uid) }) ?? diffFleet(found, uid, fleet);
}

/** A cluster that was wired alone joins the fleet; one of another fleet is that one's. A run for the cluster alone leaves it in its fleet. */
function diffFleet({ path, description }: Mount, uid: string, fleet: string | undefined): Diff {
  const before = fleetOf(description);
  if (fleet === undefined || before === fleet) return same();
  if (before !== undefined)
    return conflict(
      `auth/${path} belongs to fleet ${before}, and this is fleet ${fleet}`,
      `Take the cluster out of one of them: with --except here, or of the sources of ${before}, and then vault write sys/mounts/auth/${path}/tune description="${mark(uid, fleet)}".`,
    );
  return { kind: "update", changes: [{ field: "description", before: description, after: mark(uid, fleet) }] };
}

/** A cluster has one name in a Vault: a second one would take the stores of the first to another place. */
function knownAs(all: readonly Mount[], uid: string, path: string): Diff | undefined {
  const other = otherMountOf(all, uid, path);
  if (other === undefined) return undefined;
  return conflict(
    `This cluster is known to Vault at auth/${other}, and auth/${path} would be a second place for it`,
    `Say the name that it has: ${flagsFor(other)}. To give it another one, vault-k8s teardown takes the first away.`,
  );
}
