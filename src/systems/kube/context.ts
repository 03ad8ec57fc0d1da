import { closest } from "fastest-levenshtein";
import { failure, kinds } from "../../errors.ts";
import type { ClusterEntry, UserEntry } from "./kubeconfig-shape.ts";
import type { Kubeconfig } from "./kubeconfig.ts";
import { apiServer, clusterFlaw, userFlaw } from "./usable.ts";

/** One context of a kubeconfig with what it points to. */
export interface ChosenContext {
  readonly name: string;
  readonly clusterName: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry | undefined;
}

/** A context that is in no kubeconfig: what was read out of an object, and is kept in memory. */
export interface HeldContext extends ChosenContext {
  /** The whole environment of its exec plugin, which is never given a terminal. */
  readonly pluginEnv: Readonly<Record<string, string>>;
}

/** Whether a context is held. */
export const isHeld = (chosen: ChosenContext): chosen is HeldContext => "pluginEnv" in chosen;

/**
 * The context that is meant. `context` is a name that must be there; without it the one that fits the cluster's name, the only
 * one, or, where no cluster was named either, the current one as for kubectl.
 * @throws CliError VK1102 for an unknown context, VK1006 when none or several fit, VK1101 when what it names is missing or cannot be used; what it
 * does not name may be as it likes.
 */
export function chooseContext(config: Kubeconfig, context: string | undefined, cluster: string | undefined): ChosenContext {
  if (context !== undefined) return named(config, context, "--context");
  if (cluster === undefined && config.currentContext !== undefined) return named(config, config.currentContext, "current-context");
  const fitting = cluster === undefined ? [] : fit(config, cluster);
  const all = [...config.contexts].filter(([, { cluster }]) => config.clusters.has(cluster)).map(([name]) => name);
  const chosen = fitting.length > 0 ? fitting : all;
  if (chosen.length === 1 && chosen[0] !== undefined) return named(config, chosen[0], "the only context");
  throw failure(kinds.chooseContext, {
    what: `${fitting.length > 1 ? "Several contexts fit" : "No context of the kubeconfig fits"} the cluster ${cluster ?? "(none named)"}`,
    why: listed(chosen, config.from),
    fix: "Name it with --context.",
  });
}

/** The names by which clouds' tools call a cluster: its own name, an EKS ARN (…/<name>), gke_<project>_<place>_<name>. */
function fit(config: Kubeconfig, cluster: string): string[] {
  const tests: ((context: string, entry: string) => boolean)[] = [
    (context) => context === cluster,
    (_, entry) => entry === cluster,
    (context, entry) =>
      [context, entry].some(
        (name) => (name.startsWith("arn:") && name.endsWith(`/${cluster}`)) || (name.startsWith("gke_") && name.endsWith(`_${cluster}`)),
      ),
  ];
  const matches = tests.map((test) => [...config.contexts].filter(([name, entry]) => test(name, entry.cluster)).map(([name]) => name));
  return matches.find((names) => names.length > 0) ?? [];
}

function named(config: Kubeconfig, name: string, said: string): ChosenContext {
  const context = config.contexts.get(name);
  if (context === undefined) throw unknown(config, name, said);
  refuse(config, { name, kind: "context", entry: name, flaw: config.flaws.context.get(name) });
  const cluster = clusterOf(config, name, context.cluster);
  const user = userOf(config, name, context.user);
  return { name, clusterName: context.cluster, cluster, user };
}

function clusterOf(config: Kubeconfig, name: string, entry: string): ClusterEntry {
  if (entry === "") throw unusable(config, `Context ${name} names no cluster`);
  const cluster = config.clusters.get(entry);
  const flaw = config.flaws.cluster.get(entry) ?? (cluster && clusterFlaw(cluster));
  refuse(config, { name, kind: "cluster", entry, flaw });
  if (cluster === undefined) throw unusable(config, `Context ${name} names the cluster entry ${entry}, which the kubeconfig does not have`);
  return { ...cluster, server: apiServer(cluster.server) ?? "" };
}

/** kubectl takes a context without a user, too. */
function userOf(config: Kubeconfig, name: string, entry: string | undefined): UserEntry | undefined {
  const user = config.users.get(entry ?? "");
  const flaw = config.flaws.user.get(entry ?? "") ?? (user && userFlaw(user));
  refuse(config, { name, kind: "user", entry: entry ?? "", flaw });
  if (user === undefined && entry !== undefined)
    throw unusable(config, `Context ${name} names the user entry ${entry}, which the kubeconfig does not have`);
  return user;
}

interface Judged {
  readonly name: string;
  readonly kind: "context" | "cluster" | "user";
  readonly entry: string;
  readonly flaw: string | undefined;
}

function refuse(config: Kubeconfig, { name, kind, entry, flaw }: Judged): void {
  if (flaw === undefined) return;
  throw unusable(
    config,
    kind === "context" ? `Context ${name} cannot be used` : `The ${kind} ${entry} of context ${name} cannot be used`,
    flaw,
  );
}

const unusable = ({ from }: Kubeconfig, what: string, flaw?: string) =>
  failure(kinds.kubeconfig, {
    what,
    why: `${flaw === undefined ? "" : `${flaw} `}It was read from ${from}.`,
    fix: "Mend the kubeconfig, or choose another --context.",
  });

function unknown(config: Kubeconfig, name: string, said: string): Error {
  const all = [...config.contexts.keys()];
  const near = all.length > 0 ? closest(name, all) : undefined;
  return failure(kinds.unknownContext, {
    what: `The kubeconfig has no context ${name} (${said})`,
    why: listed(all, config.from),
    fix: near === undefined ? "Name another kubeconfig with --kubeconfig." : `Did you mean --context ${near}?`,
  });
}

const listed = (names: readonly string[], from: string) =>
  names.length === 0 ? `${from} has no contexts.` : `${from} has: ${names.join(", ")}.`;
