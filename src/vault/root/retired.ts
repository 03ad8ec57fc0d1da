import { NotYet } from "../../core/errors.ts";
import { same, type Change, type Diff, type Say } from "../../core/resource.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { keptToken } from "./kept-token.ts";
import { retireCommand } from "./retire-command.ts";
import { rootToken } from "./root-token.ts";
import { proveSuccessor, type RetiredRootSpec, type Successor } from "./successor.ts";
import { proveWayBack } from "./way-back.ts";
import { factsOf, ownFacts } from "./token-facts.ts";

/** The root token, revoked: only after what takes over has proven itself. There is never a moment with neither. */
export function retiredRoot(spec: RetiredRootSpec): AppResource {
  return {
    id: "vault root token",
    diff: (read) => diffRoot(read, spec),
    apply: (write, say) => retire(write, spec, say),
    preview: (_read, found) => Promise.resolve(found instanceof NotYet ? revoked : found.changes),
    command: () => retireCommand(spec),
  };
}

async function diffRoot(read: Readers, spec: RetiredRootSpec): Promise<Diff> {
  const root = await rootToken(read);
  if (root.kind === "revoked") return same("revoked");
  if (root.kind !== "valid") return same("not in reach");
  if (spec.adminAuth !== undefined && !(await loggedIn(read, spec.adminAuth)))
    return same(`kept: nobody logged in at auth/${spec.adminAuth}`);
  return { kind: "update", changes: revoked };
}

const revoked: readonly Change[] = [{ field: "root token", before: "valid", after: "revoked" }];

/** Whether the run's token is of a login at that auth method. */
const loggedIn = async (read: Readers, mount: string): Promise<boolean> => (await ownFacts(read)).path.startsWith(`auth/${mount}/`);

async function retire(write: Writers, spec: RetiredRootSpec, say: Say): Promise<void> {
  const root = await rootToken(write);
  if (root.kind !== "valid") return;
  const successor = await successorOf(write, spec);
  say(`proving that ${successor.title} may do all that is needed`);
  await proveSuccessor(write, successor, spec.sent);
  say(`proving that ${successor.title} and the keys together lead back to a root token`);
  await proveWayBack(write, successor);
  if (successor.token !== undefined) await write.vault.handOver(root.token, successor.token);
  await write.vault.revoke(root.token);
  if ((await factsOf(write, root.token)) !== undefined) throw stillValid(write);
}

async function successorOf(write: Writers, { policy, adminAuth }: RetiredRootSpec): Promise<Successor> {
  if (adminAuth !== undefined) return { title: `the login ${(await ownFacts(write)).displayName} at auth/${adminAuth}`, token: undefined };
  const kept = await keptToken(write, { policy });
  if (kept.kind === "good") return { title: `the token of policy ${policy}`, token: kept.token };
  throw failure(kinds.successorLacks, {
    what: "There is nothing that could take over from the root token, which stays valid",
    why: kept.kind === "none" ? `No token is kept with ${write.keys.describe()}.` : `The token that is kept is of no use: ${kept.why}.`,
    fix: "Run the same command again, or pass --keep-root; docs/root-token.md.",
  });
}

const stillValid = (write: Writers) =>
  failure(kinds.rootNotRevoked, {
    what: `Vault was told to revoke the root token, and still knows it (${write.vault.describe()})`,
    fix: "Run the same command again.",
  });
