import { NotYet } from "../../core/errors.ts";
import { inOrder } from "../../core/in-order.ts";
import { same, type Command, type Diff } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { diffPolicy, policyCommand, policyText } from "../../wiring/policy/policy.ts";
import { rootToken } from "./root-token.ts";
import { vaultUid } from "../uid.ts";

/**
 * The policy of what takes over from the root token. It does not allow to be changed itself, so after the root token is gone it
 * stays as it is, unless the run's own token may write it.
 */
export function adminPolicy(name: string, rules: () => string): AppResource {
  const path = `sys/policies/acl/${name}`;
  const text = async (read: Readers): Promise<string> => policyText(await vaultUid(read), rules());
  return {
    id: `vault ${path}`,
    diff: async (read) => diffAdminPolicy(read, name, path, await text(read)),
    apply: async (write: Writers) => {
      const root = await rootToken(write);
      const body = { policy: await text(write) };
      await (root.kind === "valid" ? write.vault.postAs(root.token, path, body) : write.vault.post(path, body));
    },
    preview: async (read, found) => (found instanceof NotYet ? [{ field: "policy", after: await text(read) }] : found.changes),
    content: async (read) => ({ kind: "policy", name, text: await text(read) }),
    command: async (read) => command(name, path, await text(read)),
  };
}

/** The successor's own policy does not allow it to be changed, so a second run of the script leaves it as it is. */
const command = (name: string, path: string, text: string): Command => ({
  lines: [
    `if as_admin token capabilities ${word(path)} | grep -Eqw 'root|update'; then`,
    policyCommand(name, text, "as_admin").lines,
    `else echo ${word(`Policy ${name} stays as it is: only a root token may change it`)} >&2; fi`,
  ].join("\n"),
  needs: ["vault", "keys"],
});

async function diffAdminPolicy(read: Readers, name: string, path: string, wanted: string): Promise<Diff> {
  const [root, byKept] = await inOrder([rootToken(read), askedByKept(read, path)]);
  const found = root.kind === "valid" ? await read.vault.getAs(root.token, path) : byKept;
  if (found === undefined) return same("not needed: no root token is in reach");
  if (found.kind === "denied") return same("the token may not read it");
  const answer = found.kind === "found" ? found.answer.data["policy"] : undefined;
  const diff = diffPolicy({ name, flag: "--admin-policy", wanted, found: answer, uid: await vaultUid(read) });
  if (root.kind === "valid" || diff.kind === "same" || diff.kind === "conflict") return diff;
  return (await mayWrite(read, path)) ? diff : same("it differs, and only a root token may change it: docs/root-token.md");
}

/** What the kept token reads of it, which is asked beside the question whether the root token is still valid; undefined where none is kept. */
async function askedByKept(
  { keys, vault, vaultKube }: Readers,
  path: string,
): Promise<Awaited<ReturnType<Readers["vault"]["getAs"]>> | undefined> {
  const token = vaultKube === undefined ? undefined : await keys.token();
  return token === undefined ? undefined : vault.getAs(token, path);
}

async function mayWrite(read: Readers, path: string): Promise<boolean> {
  const has = (await read.vault.capabilities([path]))[path] ?? [];
  return has.includes("root") || has.includes("update");
}
