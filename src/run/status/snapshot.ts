import type { Readers } from "../../systems/world.ts";

/** A world in which each question is asked once, however many ask it: for a single look, during which nothing is written. */
export function snapshot(world: Readers): Readers {
  const kubes = new Map([world.kube, ...(world.vaultKube === undefined ? [] : [world.vaultKube])].map((kube) => [kube, onceEach(kube)]));
  const { nodes, vault, helm, where } = world;
  return {
    ...world,
    kube: kubes.get(world.kube)!,
    vaultKube: world.vaultKube && kubes.get(world.vaultKube),
    vault: { ...vault, get: once((path) => vault.get(path)) },
    nodes: {
      ...nodes,
      nodes: once(() => nodes.nodes()),
      sealStatus: once((node) => nodes.sealStatus(node)),
      leader: once((node) => nodes.leader(node)),
    },
    helm: { ...helm, release: once((namespace, name) => helm.release(namespace, name)) },
    where: { ...where, consumerAddress: once(() => where.consumerAddress()) },
  };
}

const onceEach = (kube: Readers["kube"]): Readers["kube"] => ({
  ...kube,
  get: once((ref) => kube.get(ref)),
  list: once((what) => kube.list(what)),
  served: once(() => kube.served()),
});

function once<A extends readonly unknown[], T>(ask: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (...args) => {
    const key = JSON.stringify(args, sorted);
    const asked = known.get(key) ?? ask(...args);
    known.set(key, asked);
    return asked;
  };
}

/** The order in which fields were written does not make another question. */
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
