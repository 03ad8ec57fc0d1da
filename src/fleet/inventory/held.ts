import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { chooseContext, type ChosenContext, type HeldContext } from "../../systems/kube/context.ts";
import type { ClusterEntry, UserEntry } from "../../systems/kube/kubeconfig-shape.ts";
import { kubeconfigIn } from "../../systems/kube/kubeconfig.ts";
import { refuseExpired } from "./expired.ts";
import { allowed, type Programs } from "./programs.ts";

/** What may be taken out of objects that others write. */
export interface Trust {
  readonly programs: Programs;
  readonly allowInsecure: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** Where a kubeconfig lay. */
export interface Held {
  /** What its source calls the cluster. */
  readonly called: string;
  /** The object, for people: "Secret argocd/eks-prod". */
  readonly object: string;
}

/**
 * The one context of a kubeconfig that somebody else wrote, as data only: nothing in it leads to a file or a program of this machine that nobody
 * allowed.
 * @throws CliError VK1701 (paths, auth-provider), VK1702 (not checked), VK1703 (a program), VK1704 (expired), VK1705 (its shape)
 */
export function heldContext(text: string, held: Held, trust: Trust): HeldContext {
  const { cluster, user } = contextIn(text, held);
  refusePaths(cluster, user, held);
  refuseInsecure(cluster, held, trust);
  if (!hasCredentials(user)) throw misshapen(held, "It has no credentials.", "Put a token, a client certificate or an exec there.");
  refuseExpired(user, held.object);
  const named = { name: held.called, clusterName: held.called, cluster };
  if (user.exec == null) return { ...named, user, pluginEnv: {} };
  const { exec, env } = allowed(user.exec, trust.programs, held.object, trust.env);
  return { ...named, user: { ...user, exec }, pluginEnv: env };
}

/** Its current context, else its only one. */
function contextIn(text: string, held: Held): ChosenContext {
  try {
    const config = kubeconfigIn(text, held.object);
    return chooseContext(config, config.currentContext, "");
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw misshapen(held, `${[error.message, error.why].filter(Boolean).join(". ")}`, "Correct it at its source.");
  }
}

const misshapen = ({ object }: Held, why: string, fix: string): Error =>
  failure(kinds.heldShape, { what: `${object} holds no kubeconfig that can be used`, why, fix });

function hasCredentials(user: UserEntry | undefined): user is UserEntry {
  return (
    user !== undefined &&
    [user.token, user.username, user["client-certificate-data"], user.exec ?? undefined].some((one) => one !== undefined)
  );
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

function refusePaths(cluster: ClusterEntry, user: UserEntry | undefined, { object }: Held): void {
  const said = { ...user, "certificate-authority": cluster["certificate-authority"] } as Readonly<Record<string, unknown>>;
  const found = ["tokenFile", "client-certificate", "client-key", "certificate-authority", "auth-provider"].find((name) =>
    isSet(said[name]),
  );
  if (found === undefined) return;
  throw failure(kinds.heldPath, {
    what: `The kubeconfig in ${object} has ${found === "auth-provider" ? "an auth-provider" : `a path (${found})`}`,
    why: "Out of objects that others write only data is taken: a path would be one of this machine.",
    fix: "Have its source put the data itself there, or list a context of your own kubeconfig for the cluster.",
  });
}

function refuseInsecure(cluster: ClusterEntry, { object }: Held, { allowInsecure }: Trust): void {
  const isPlain = cluster.server.startsWith("http:");
  if (allowInsecure || (cluster["insecure-skip-tls-verify"] !== true && !isPlain)) return;
  throw failure(kinds.heldInsecure, {
    what: `${object} has its cluster reached without checking who answers`,
    why: isPlain ? "Its server is at an address of plain http." : "It turns the check of the server's certificate off.",
    fix: "Have the CA of the server put there, or say --allow-insecure.",
  });
}
