import type { Entries } from "../../config/entries.ts";
import { chooseContext } from "../../systems/kube/context.ts";
import { readKubeconfig } from "../../systems/kube/kubeconfig.ts";
import { entry, type Source } from "./source.ts";

interface Listed {
  readonly clusters: ReadonlyMap<string, Entries>;
  /** Where other sources are named too, a cluster of the file is a member only if it says its context. */
  readonly besides: boolean;
}

/** The clusters below `clusters` in vault-k8s.yaml, each by the context that it says, or that fits its name. */
export const fileSource = ({ clusters, besides }: Listed): Source => ({
  kind: "file",
  title: "file",
  read: async ({ trust, home, kubeconfig }) => {
    const members = [...clusters].filter(([, entries]) => !besides || entries.has("context"));
    if (members.length === 0) return [];
    const config = await readKubeconfig(kubeconfig, trust.env, home);
    return members.map(([name, entries]) =>
      entry({ called: name, named: name, labels: {} }, () => {
        const said = entries.get("context")?.raw;
        const chosen = chooseContext(config, said === undefined ? undefined : String(said), name);
        return { reach: { kind: "context", kubeconfig, context: chosen.name }, server: chosen.cluster.server };
      }),
    );
  },
});
