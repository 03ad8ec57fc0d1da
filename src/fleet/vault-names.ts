import type { Spec } from "../config/spec.ts";
import { markOf } from "../kubernetes/ownership.ts";
import { openWorld, type OpenOptions } from "../run/world/open.ts";
import type { HeldContext } from "../systems/kube/context.ts";
import type { ClusterEntry } from "../systems/kube/kubeconfig-shape.ts";
import { clusterNamed, mounts } from "../wiring/mounts.ts";
import type { KnownNames } from "./inventory/names.ts";

/** No cluster is asked where only Vault is; the name is reserved and leads nowhere (RFC 2606). */
export const nowhere: HeldContext = {
  name: "no cluster",
  clusterName: "no cluster",
  cluster: { server: "https://cluster.invalid" } as ClusterEntry,
  user: undefined,
  pluginEnv: {},
};

/**
 * The names under which the fleet's Vault knows clusters: by our mark in the descriptions of its auth methods, at the paths that they have by
 * default.
 * @throws CliError where Vault cannot be asked: a name that is not known is not a new one
 */
export async function namesInVault(spec: Spec, options: OpenOptions): Promise<KnownNames> {
  const world = await openWorld(spec, { ...options, held: nowhere });
  try {
    const known = (await mounts(world, "sys/auth")).flatMap(({ path, description }) => {
      const [uid, name] = [markOf(description), clusterNamed(path)];
      return uid === undefined || name === undefined ? [] : [{ uid, name }];
    });
    return new Map([...Map.groupBy(known, ({ uid }) => uid)].map(([uid, all]) => [uid, all.map(({ name }) => name)]));
  } finally {
    await world.close();
  }
}
