import { missing, pass, type Fix, type Found } from "../../core/check.ts";
import type { Readers } from "../../systems/world.ts";
import { rootToken, runsAsRoot, type RootToken } from "./root-token.ts";
import { ownFacts } from "./token-facts.ts";
import type { AppCheck } from "../../systems/step.ts";

/** Says what became of the root token, and how to retire one that is still valid. */
export function rootRetired(adminAuth: string | undefined): AppCheck {
  return {
    id: "root-token",
    title: "no root token is left valid",
    run: async (read) => find(read, await rootToken(read), adminAuth),
  };
}

async function find(read: Readers, root: RootToken, adminAuth: string | undefined): Promise<Found> {
  if (root.kind === "valid")
    return missing(`The root token in ${read.keys.describe()} is still valid: whoever reads it may do anything in Vault`, howTo(adminAuth));
  if (!(await runsAsRoot(read))) return pass(root.kind === "revoked" ? "revoked" : "none is in reach");
  if (await isBorrowed(read)) return pass("this run's own goes when operator generate-root ends");
  return root.kind === "revoked"
    ? missing("This run's token is a root token", "Revoke it when you are done: vault token revoke -self")
    : missing(outOfReach(read, root), byHand);
}

/** Whether the run's token is one that operator generate-root has made, and will revoke. */
async function isBorrowed(read: Readers): Promise<boolean> {
  const [{ accessor }, known] = await Promise.all([ownFacts(read), read.keys.rootRecord()]);
  return known?.tokens.some((trace) => trace.accessor === accessor) === true;
}

const howTo =
  (adminAuth: string | undefined): Fix =>
  (line) =>
    adminAuth === undefined
      ? line("operator retire-root")
      : `Log in there (vault login -method=… -path=${adminAuth}), then: ${line("operator retire-root", "--admin-auth", adminAuth, "--vault-token-file", "~/.vault-token")}`;

const outOfReach = (read: Readers, { kind }: RootToken): string =>
  kind === "encrypted"
    ? "The root token stays valid: it is encrypted for its holder, so it cannot be handed over here"
    : `The root token stays valid: it is this run's token, and not in ${read.keys.describe()}`;

// On Vault 2 and OpenBao nobody can make another root token without a token that may: docs/root-token.md.
const byHand =
  "First see that somebody else may look after Vault, by a login or by an orphan token; on Vault 2 and OpenBao nothing else brings a root token back. Then, with the root token: vault token revoke -self. docs/root-token.md shows each step.";

/** For --keep-root: nothing is revoked, and the run says what that means. */
export function rootKept(): AppCheck {
  return {
    id: "root-token",
    title: "the root token is left as it is, as --keep-root says",
    run: async (read) => pass(`whoever reads ${read.keys.describe()} may do anything in Vault`),
  };
}
