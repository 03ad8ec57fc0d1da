import { NotYet } from "../../core/errors.ts";
import { gone } from "../../core/removal.ts";
import { inOrder } from "../../core/in-order.ts";
import { conflict, same, unmarked, type Command, type Diff } from "../../core/resource.ts";
import { withInput, word } from "../../core/shell.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { AppResource } from "../../systems/step.ts";
import { byMark, inVault } from "../in-vault.ts";
import { onPath } from "../../systems/need.ts";
import { mark, ownershipOf } from "../../kubernetes/ownership.ts";

/** An ACL policy of ours: its first line is a comment that holds our mark. `rules` is HCL, read when it is needed. */
export function vaultPolicy(name: string, rules: () => string): AppResource {
  const text = async (read: Readers): Promise<string> => policyText(await read.kube.clusterUid(), rules());
  return {
    id: `vault sys/policies/acl/${name}`,
    ref: { is: "policy", name },
    removal: (policy) => policyRemoval(name, policy),
    diff: async (read) => {
      const [uid, answer] = await inOrder([read.kube.clusterUid(), read.vault.get(`sys/policies/acl/${name}`)]);
      return diffPolicy({ name, flag: "--policy-name", wanted: await text(read), found: answer?.data["policy"], uid });
    },
    preview: async (read, found) => (found instanceof NotYet ? [{ field: "policy", after: await text(read) }] : found.changes),
    apply: async (write: Writers) => void (await write.vault.post(`sys/policies/acl/${name}`, { policy: await text(write) })),
    needs: () => [onPath(`sys/policies/acl/${name}`, "read", "update")],
    content: async (read) => ({ kind: "policy", name, text: await text(read) }),
    command: async (read) => policyCommand(name, await text(read)),
  };
}

function policyRemoval(name: string, policy: RemovalPolicy): AppRemoval {
  const path = `sys/policies/acl/${name}`;
  return {
    id: `vault ${path}`,
    look: inVault(async (read) => {
      const text = (await read.vault.get(path))?.data["policy"];
      return typeof text === "string" ? byMark(read, text.split("\n", 1)[0] ?? "") : gone();
    }, policy),
    remove: (write) => write.vault.remove(path),
    command: () => ({ lines: `vault policy delete ${word(name)}`, needs: ["vault"] }),
  };
}

/** The text of a policy with the mark of the cluster that it belongs to. */
export const policyText = (uid: string, rules: string): string => `# ${mark(uid)}\n${rules.trim()}\n`;

/** What a person would type to write a policy. @param vault the vault command, or one of the script that calls it */
export const policyCommand = (name: string, text: string, vault = "vault"): Command => ({
  lines: withInput(`${vault} policy write ${word(name)} -`, text, "HCL"),
  needs: ["vault"],
});

export interface PolicyPair {
  readonly name: string;
  /** The setting that gives it another name. */
  readonly flag: string;
  readonly wanted: string;
  /** What Vault has; not a text where there is none. */
  readonly found: unknown;
  readonly uid: string;
}

/** How a policy differs from what is wanted, and whether it is ours. */
export function diffPolicy({ name, flag, wanted, found, uid }: PolicyPair): Diff {
  if (typeof found !== "string") return { kind: "create", changes: [{ field: "policy", after: wanted }] };
  const ownership = ownershipOf(found.split("\n", 1)[0] ?? "", uid);
  if (ownership === "other-cluster")
    return conflict(`Policy ${name} belongs to another cluster`, `Choose another name with ${flag}, or another --cluster name.`);
  if (ownership === "foreign") return unmarked(`Policy ${name} exists and is not ours`, `Choose another name with ${flag}.`);
  return normal(found) === normal(wanted) ? same() : { kind: "update", changes: [{ field: "policy", before: found, after: wanted }] };
}

const normal = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trim();
