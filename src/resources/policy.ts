import { NotYet } from "../core/errors.ts";
import { conflict, same, type Diff } from "../core/resource.ts";
import { withInput, word } from "../core/shell.ts";
import type { Readers, Writers } from "../clients/world.ts";
import type { AppResource } from "../steps/define.ts";
import { mark, ownershipOf } from "./ownership.ts";

/** An ACL policy of ours: its first line is a comment that holds our mark. `rules` is HCL, read when it is needed. */
export function vaultPolicy(name: string, rules: () => string): AppResource {
  const text = async (read: Readers): Promise<string> => `# ${mark(await read.kube.clusterUid())}\n${rules().trim()}\n`;
  return {
    id: `vault sys/policies/acl/${name}`,
    diff: async (read) => diffPolicy(name, await text(read), await read.vault.get(`sys/policies/acl/${name}`).then((answer) => answer?.data["policy"]), await read.kube.clusterUid()),
    preview: async (read, found) => (found instanceof NotYet ? [{ field: "policy", after: await text(read) }] : found.changes),
    apply: async (write: Writers) => void (await write.vault.post(`sys/policies/acl/${name}`, { policy: await text(write) })),
    remove: (write) => write.vault.remove(`sys/policies/acl/${name}`),
    command: async (read) => ({ lines: withInput(`vault policy write ${word(name)} -`, await text(read), "HCL"), needs: ["vault"] }),
  };
}

function diffPolicy(name: string, wanted: string, found: unknown, clusterUid: string): Diff {
  if (typeof found !== "string") return { kind: "create", changes: [{ field: "policy", after: wanted }] };
  const ownership = ownershipOf(found.split("\n", 1)[0] ?? "", clusterUid);
  if (ownership === "other-cluster") return conflict(`Policy ${name} belongs to another cluster`, "Choose another name with --policy-name, or another --cluster name.");
  if (ownership === "foreign") return conflict(`Policy ${name} exists and is not ours`, "Choose another name with --policy-name.");
  return normal(found) === normal(wanted) ? same() : { kind: "update", changes: [{ field: "policy", before: found, after: wanted }] };
}

const normal = (text: string): string => text.split("\n").map((line) => line.trimEnd()).join("\n").trim();
