import { stat } from "node:fs/promises";
import { homeOrNowhere } from "../../core/home.ts";
import type { KubeWriter } from "../world.ts";
import { kubeClient } from "./client.ts";
import { chooseContext, type ChosenContext, type HeldContext } from "./context.ts";
import { podsOwnContext } from "./in-cluster.ts";
import { defaultFile, readKubeconfig } from "./kubeconfig.ts";
import { kubeWire, type KubeWire, type WireOptions } from "./wire.ts";

export interface KubeChoice {
  /** Kubeconfig file; without it KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** The cluster's name, which a context may fit. */
  readonly cluster?: string | undefined;
  /** Counts instead of all others. */
  readonly held?: HeldContext | undefined;
}

interface Places {
  readonly home?: string | undefined;
  /** Where a pod finds its service account, if not where Kubernetes puts it. */
  readonly serviceAccount?: string | undefined;
}

/** A client with the wire that it uses. */
export interface OpenedKube {
  readonly client: KubeWriter;
  readonly wire: KubeWire;
}

/**
 * Chooses the context and makes a client of it; sends nothing.
 * @throws CliError VK1101 (kubeconfig), VK1102 (unknown context), VK1006 (which context?).
 */
export async function openKube(choice: KubeChoice, options: Partial<WireOptions> & Places = {}): Promise<OpenedKube> {
  const env = options.env ?? process.env;
  const wire = kubeWire(choice.held ?? (await chosenContext(choice, env, options)), { ...options, env });
  return { wire, client: kubeClient(wire) };
}

/** A pod's own service account serves where nothing names a kubeconfig; what is named and missing stays an error. */
async function chosenContext(
  { kubeconfig, context, cluster }: KubeChoice,
  env: NodeJS.ProcessEnv,
  { home = homeOrNowhere(env), serviceAccount }: Places,
): Promise<ChosenContext> {
  const isNamed = kubeconfig !== undefined || context !== undefined || (env["KUBECONFIG"] ?? "") !== "";
  const own = isNamed || (await isThere(defaultFile(home))) ? undefined : await podsOwnContext(env, serviceAccount);
  return own ?? chooseContext(await readKubeconfig(kubeconfig, env, home), context, cluster);
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== "ENOENT",
  );
