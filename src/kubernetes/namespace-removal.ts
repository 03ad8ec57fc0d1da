import { gone, stays } from "../core/removal.ts";
import type { AppRemoval, RemovalPolicy } from "../systems/removal.ts";
import { deleteCommand, untilGone } from "./gone.ts";
import { kubectl } from "./kubectl.ts";
import { whyKept } from "./namespace-content.ts";
import { isOurs } from "./ownership.ts";

/** Takes away a namespace that we made, where nothing is left in it that is not taken away too. One that somebody else made stays. */
export function namespaceRemoval(name: string, policy: RemovalPolicy): AppRemoval {
  const ref = { apiVersion: "v1", kind: "Namespace", name };
  return {
    id: `kubernetes Namespace ${name}`,
    namespace: name,
    look: async (read) => {
      const found = await read.kube.get(ref);
      if (found === undefined) return gone();
      if (!isOurs(found)) return stays("somebody else made it");
      const reason = await whyKept(read, name, policy.all());
      return reason === undefined ? { kind: "there" } : stays(reason);
    },
    remove: async (write, say) => {
      await write.kube.remove(ref);
      say(`waiting until namespace ${name} is gone`);
      await untilGone(
        async () => ((await write.kube.get(ref)) === undefined ? [] : [`namespace ${name}`]),
        policy.withinMs,
        `${kubectl(write.kube, `get namespace ${name} -o yaml`)} tells in its conditions what is left.`,
      );
    },
    command: ({ kube }) => deleteCommand(kube.context, ref),
  };
}
