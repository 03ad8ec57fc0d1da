import { closest } from "fastest-levenshtein";
import { failure, kinds } from "../../errors.ts";
import type { ClusterEntry, UserEntry } from "./kubeconfig-shape.ts";
import type { Kubeconfig } from "./kubeconfig.ts";

/** One context of a kubeconfig with what it points to. */
export interface ChosenContext {
  readonly name: string;
  readonly clusterName: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry | undefined;
}

/**
 * The context that is meant. `context` is a name that must be there; without it the one that fits the cluster's name, the only
 * one, or, where no cluster was named either, the current one as for kubectl.
 * @throws CliError VK1102 for an unknown context, VK1006 when none or several fit, VK1101 when its cluster entry is missing.
 */
export function chooseContext(config: Kubeconfig, context: string | undefined, cluster: string | undefined): ChosenContext {
  if (context !== undefined) return named(config, context, "--context");
  if (cluster === undefined && config.currentContext !== undefined) return named(config, config.currentContext, "current-context");
  const fitting = cluster === undefined ? [] : fit(config, cluster);
  const all = [...config.contexts.keys()];
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
  const cluster = config.clusters.get(context.cluster);
  if (cluster === undefined) {
    throw failure(kinds.kubeconfig, {
      what: `Context ${name} names the cluster entry ${context.cluster}, which the kubeconfig does not have`,
      why: `It was read from ${config.from}.`,
      fix: "Mend the kubeconfig, or choose another --context.",
    });
  }
  return { name, clusterName: context.cluster, cluster, user: context.user === undefined ? undefined : config.users.get(context.user) };
}

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
