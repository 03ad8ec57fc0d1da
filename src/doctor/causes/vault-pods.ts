import { byHand, type Cause } from "../../consumers/diagnosis/cause.ts";
import { valueOf } from "../../core/fact.ts";
import { word } from "../../core/shell.ts";
import { earlierSaid } from "../../vault/nodes/earlier.ts";

/** What is wrong with Vault's pods while logins and syncs go on. */
export const vaultPods: readonly Cause[] = [
  {
    code: "VD06",
    title: "Vault's pods run an earlier revision",
    aside: true,
    match: (evidence, commandLines) => {
      const { all = 0, old = [] } = valueOf(evidence.revisions) ?? {};
      if (old.length === 0) return undefined;
      return {
        sure: "certain",
        evidence: [earlierSaid(old, all)],
        mend: byHand(commandLines.own("rollout"), "It replaces them one at a time, and the active one last. When is for people to say."),
      };
    },
  },
  {
    code: "VD07",
    title: "The raft counts with members that have no pod",
    aside: true,
    match: ({ podless }) => {
      const gone = valueOf(podless) ?? [];
      if (gone.length === 0) return undefined;
      return {
        sure: "certain",
        evidence: [`members without a pod: ${gone.join(", ")}; each counts for the majority for ever, so that fewer may fail`],
        mend: byHand(
          gone.map((id) => `vault operator raft remove-peer ${word(id)}`).join("\n"),
          "vault-k8s install does the same for those that its replicas leave out, one at a time. One whose pod only has not started yet must stay.",
        ),
      };
    },
  },
];
