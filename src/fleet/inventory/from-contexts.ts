import { chooseContext } from "../../systems/kube/context.ts";
import { readKubeconfig } from "../../systems/kube/kubeconfig.ts";
import type { Entry } from "./found.ts";
import { fits } from "./glob.ts";
import { entry, type Asking, type Source } from "./source.ts";

/** Contexts of kubeconfig files whose names fit; of each file its own, so that two files may call two clusters the same. */
export const contextsSource = (patterns: readonly string[], files: readonly string[] | undefined): Source => ({
  kind: "contexts",
  title: "contexts",
  read: async (asking) => (await Promise.all((files ?? [undefined]).map((file) => ofFile(patterns, file, asking)))).flat(),
});

async function ofFile(
  patterns: readonly string[],
  named: string | undefined,
  { trust, home, file, kubeconfig: ofRun }: Asking,
): Promise<Entry[]> {
  const kubeconfig = named === undefined ? ofRun : file(named);
  const config = await readKubeconfig(kubeconfig, trust.env, home);
  const names = [...config.contexts.keys()].filter((name) => patterns.some((pattern) => fits(pattern, name)));
  return names.map((name) =>
    entry({ called: name, labels: {} }, () => {
      const { cluster } = chooseContext(config, name, undefined);
      return { reach: { kind: "context", kubeconfig, context: name }, server: cluster.server };
    }),
  );
}
