import type { Spec } from "../../config/spec.ts";
import { keptHelm } from "../../systems/asked-once/helm.ts";
import type { Asked } from "../../systems/asked-once/kept.ts";
import { keptNodes, keptVault } from "../../systems/asked-once/vault.ts";
import { helmClient } from "../../systems/helm/client.ts";
import type { HelmOptions } from "../../systems/helm/run.ts";
import { kubeconfigText } from "../../systems/kube/held-kubeconfig.ts";
import { podLogin } from "./login.ts";
import { lend, type Lent } from "./lend.ts";
import { proofsFromHere } from "../../systems/proofs.ts";
import { vaultClient } from "../../systems/vault/client.ts";
import type { HelmWriter, KubeReader, Readers, Writers } from "../../systems/world.ts";
import { patienceOf, plan, type OpenOptions, type Plan } from "./choice.ts";
import { whyForeign } from "./exported.ts";
import { guarded } from "./custody-guard.ts";
import { tokenSource } from "./token.ts";
import { sharedVault } from "./shared-vault.ts";
import { vaultSide } from "./vault-side.ts";
import { whereOf } from "./where.ts";

export type { OpenOptions } from "./choice.ts";

/** The world of a run; `close` ends its connections, so that the process can end by itself. */
export interface World extends Writers {
  /** How another program reaches this Vault, until it is given back. */
  lend(): Promise<Lent>;
  /**
   * While `work` runs, or until it says that the look is over, each question is asked once; what is written in it is forgotten with all that may
   * follow from it.
   */
  look<T>(work: (read: Readers, over: () => void) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Puts the clients together as the spec says. Only files are read; nothing is sent before the first use.
 * @throws CliError VK1001, VK1004, VK1006, VK1101, VK1102 for what does not hold together.
 */
export async function openWorld(spec: Spec, options: OpenOptions = {}): Promise<World> {
  const planned = await plan(spec, options);
  const { kube, vaultKube, env, home, kept } = planned;
  const { nodes, agents, ...side } = vaultSide(planned);
  const { keys, route, wasMade } = guarded(planned.keys, side.route);
  const whyOthers = async (): Promise<string | undefined> => (wasMade() ? "this run has initialised Vault" : whyForeign(planned, route));
  const login =
    spec.vault.login && podLogin(spec.vault.login, (mount, role, jwt) => vaultItself.login(mount, role, jwt), options.podTokenFile);
  // The root token in the key file is of the pods' own Vault, and is shown to no other.
  const token = tokenSource({
    file: spec.vault.tokenFile,
    login,
    env,
    home,
    keys: vaultKube === undefined ? undefined : keys,
    whyForeign: whyOthers,
    notice: options.notice,
  });
  const given = { signal: options.signal, onRequest: options.onRequest, client: planned.client };
  const vaultItself = vaultClient({
    route,
    token,
    namespace: spec.vault.namespace,
    patience: { signal: options.signal, ...patienceOf(options) },
  });
  const vault = keptVault(vaultItself, kept.vaults, sharedVault(planned));
  const helm = helmOf(planned);
  const servers = keptNodes(nodes, kept.vaults);
  const proofs = proofsFromHere({
    ...given,
    env,
    apiServer: { server: kube.wire.server, proxy: kube.wire.through },
    timeoutMs: options.timeoutMs,
  });
  const world = (how: keyof Asked<unknown>): Omit<Writers, "anew"> => ({
    where: whereOf(planned, how),
    kube: kube[how],
    vaultKube: vaultKube?.[how],
    vault: vault[how],
    nodes: servers[how],
    helm: helm[how],
    keys,
    holders: options.holders,
    proofs,
  });
  const anew: Readers = {
    ...world("anew"),
    get anew() {
      return anew;
    },
  };
  const once: Writers = { ...world("once"), anew };
  return {
    ...once,
    look: (work) => planned.looks.during((over) => work(once, over)),
    lend: () => lend(planned, route),
    close: async () => {
      const made = login?.made();
      // It ends by itself soon where Vault does not answer any more.
      if (made !== undefined) await vaultItself.revoke(made).catch(() => undefined);
      for (const agent of agents) agent.destroy();
      await Promise.all([...new Set([kube, vaultKube])].map((opened) => opened?.wire.close()));
    },
  };
}

function helmOf({ spec, options, env, kube, kept }: Plan): Asked<HelmWriter> {
  const { held } = options;
  const how: HelmOptions = {
    signal: options.signal,
    onRequest: options.onRequest,
    program: spec.helm,
    env,
    cwd: options.cwd ?? process.cwd(),
    kubeconfig: held === undefined ? spec.kubernetes.kubeconfig : undefined,
    context: kube.wire.context,
    held: held && (async () => kubeconfigText(held, await kube.wire.connection())),
  };
  const client = (reader: KubeReader): HelmWriter => helmClient(how, reader, kept.wired.answers);
  return keptHelm({ once: client(kube.once), anew: client(kube.anew) }, kept.wired);
}
