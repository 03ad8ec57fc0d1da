import { openKube } from "../../../src/systems/kube/open-kube.ts";
import type { Standing } from "../../fakes/kubeconfig/standing.ts";
import type { Input } from "../systems/tables/kubeconfigs.ts";

/** What an API server sees of us with a kubeconfig; "refused" where nothing good comes. */
export const asOurs = (server: Standing, input: Input): Promise<string> =>
  server.seen(input, async (home, env) => {
    const before = process.cwd();
    process.chdir(home);
    try {
      const patience = { firstPauseMs: 1, atMostMs: 1 };
      const { client, wire } = await openKube({ context: input.context }, { env, home, timeoutMs: 5_000, patience });
      await client.serverFacts().finally(() => wire.close());
    } finally {
      process.chdir(before);
    }
  });
