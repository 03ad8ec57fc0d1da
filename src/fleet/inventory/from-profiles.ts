import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { failure, kinds } from "../../errors.ts";
import type { KubeObject } from "../../systems/world.ts";
import { heldEntry, oneContext } from "./held-entry.ts";
import { pluginOf, providerShape, type Provider } from "./profile-plugin.ts";
import type { Programs } from "./programs.ts";
import { titleOf, type Hub, type Source } from "./source.ts";

interface Wish extends Hub {
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
  readonly providers: string;
}

/**
 * ClusterProfile objects of SIG Multicluster; a file of ours says which program gives the credentials of each provider.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-multicluster/5339-clusterprofile-plugin-credentials
 */
export const profilesSource = (wish: Wish): Source => ({
  kind: "clusterProfiles",
  title: titleOf("clusterProfiles", wish),
  read: async (asking) => {
    const providers = await providersIn(asking.file(wish.providers));
    const kube = await asking.hub(wish);
    const profiles = await kube.list({
      apiVersion: "multicluster.x-k8s.io/v1alpha1",
      kind: "ClusterProfile",
      plural: "clusterprofiles",
      namespace: wish.namespace,
      labelSelector: wish.selector,
    });
    const trusting = { ...asking, trust: { ...asking.trust, programs: withOwn(providers, asking.trust.programs) } };
    return profiles.map((profile) => {
      const called = `${profile.metadata.namespace}/${profile.metadata.name}`;
      const as = { form: "profile", profile: called } as const;
      return heldEntry(profile, { called, as }, trusting, (object) => kubeconfigOf(profile, object, providers));
    });
  },
});

/** The file is ours: a program that it names by a whole path is allowed by that, and so are the variables that it gives to one that is. */
function withOwn(providers: readonly Provider[], programs: Programs): Programs {
  const own = providers.flatMap(({ execConfig: { command, env } }) => {
    const known = programs.get(command) ?? (path.isAbsolute(command) ? { path: command, env: [] } : undefined);
    return known === undefined ? [] : [[command, { ...known, env: [...known.env, ...(env ?? []).map(({ name }) => name)] }] as const];
  });
  return new Map([...programs, ...own]);
}

async function providersIn(file: string): Promise<readonly Provider[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw unusable(file, error.code ?? "It cannot be read.");
  });
  const found = z.object({ providers: z.array(providerShape) }).safeParse(json(text));
  if (!found.success) throw unusable(file, "It does not have the shape {providers: [{name, execConfig}]}.");
  return found.data.providers;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const unusable = (file: string, why: string): Error =>
  failure(kinds.badInput, {
    what: `The file ${file} does not say how credentials are got`,
    why,
    fix: "Correct it, or name another below fleet.sources.",
  });

const access = z.object({
  name: z.string(),
  cluster: z.looseObject({ extensions: z.array(z.looseObject({ name: z.string(), extension: z.unknown().optional() })).nullish() }),
});
/** `credentialProviders` is the name that `accessProviders` had before. */
const status = z.object({
  status: z.object({ accessProviders: z.array(access).nullish(), credentialProviders: z.array(access).nullish() }),
});

function kubeconfigOf(profile: KubeObject, object: string, providers: readonly Provider[]): string {
  const found = status.safeParse(profile);
  const offered = found.success ? [...(found.data.status.accessProviders ?? []), ...(found.data.status.credentialProviders ?? [])] : [];
  for (const provider of providers) {
    const one = offered.find(({ name }) => name === provider.name);
    if (one !== undefined) return oneContext(one.cluster, { exec: pluginOf(provider, one.cluster.extensions ?? [], object) });
  }
  throw failure(kinds.heldShape, {
    what: `${object} offers no way in that the providers file knows`,
    why: offered.length === 0 ? "Its status has no accessProviders yet." : `It offers ${offered.map(({ name }) => name).join(", ")}.`,
    fix: "Add that provider to the file, or leave the cluster out with a label selector.",
  });
}
