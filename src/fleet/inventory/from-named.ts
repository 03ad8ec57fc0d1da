import type { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { KubeObject, KubeReader } from "../../systems/world.ts";
import type { Entry } from "./found.ts";
import { argocdEntry } from "./from-argocd.ts";
import { ofSecret } from "./from-secrets.ts";
import { titleOf, type Hub, type Source } from "./source.ts";

interface Wish extends Hub {
  readonly argocd: readonly string[];
  readonly kubeconfigs: readonly { readonly secret: string; readonly key: string }[];
}

/** Secrets one by one: a pod may get those that its Role names, and list none. */
export const namedSource = (wish: Wish): Source => ({
  kind: "named",
  title: titleOf("named", wish),
  read: async (asking) => {
    const kube = await asking.hub(wish);
    const one = async (secret: string, of: (found: KubeObject) => Entry): Promise<Entry> => {
      const found = await get(kube, secret);
      return found === undefined ? { called: secret, labels: {}, error: gone(secret) } : of(found);
    };
    return Promise.all([
      ...wish.argocd.map((secret) => one(secret, (found) => argocdEntry(found, asking))),
      ...wish.kubeconfigs.map(({ secret, key }) => one(secret, (found) => ofSecret(found, key, asking))),
    ]);
  },
});

async function get(kube: KubeReader, secret: string): Promise<KubeObject | undefined> {
  const [namespace = "", name = ""] = secret.split("/");
  return kube.get({ apiVersion: "v1", kind: "Secret", namespace, name });
}

const gone = (secret: string): CliError =>
  failure(kinds.heldShape, {
    what: `There is no Secret ${secret} that describes a cluster`,
    fix: "The cluster has left, or its Secret has another name by now: write the schedule anew with fleet schedule.",
  });
