import { sameWords } from "../../systems/asked-once/kept.ts";
import type { SharedVault } from "../../systems/asked-once/vault.ts";
import type { Plan } from "./choice.ts";

/** The part of a look of several runs that is about this run's Vault; undefined where the run asks by itself. */
export function sharedVault(plan: Plan): SharedVault | undefined {
  const { looks, options } = plan;
  const shared = options.sharedLook?.of(sameWords([placeOf(plan), tokenOf(plan)]));
  return shared && { ...shared, mayTake: () => looks.underWay };
}

const placeOf = ({ spec: { vault }, vaultKube }: Plan) => ({
  address: vault.address,
  nodes: vault.nodes,
  namespace: vault.namespace,
  pods: vaultKube && { server: vaultKube.wire.server, namespace: vault.install.namespace, release: vault.install.release },
});

/** All that decides which token is the run's, short of reading it. */
const tokenOf = ({ spec: { cluster, vault }, vaultIs, env, home }: Plan) => ({
  login: vault.login,
  file: vault.tokenFile,
  exported: ["VAULT_TOKEN", "BAO_TOKEN"].map((name) => env[name]),
  home,
  custody: vaultIs === "address" ? undefined : { keys: vault.keys, cluster: vaultIs === "cluster" ? cluster : undefined },
});
