import { NotYet } from "../../core/errors.ts";
import { same, type Change, type Command, type Diff } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { rootToken, runsAsRoot } from "./root-token.ts";
import { factsOf, type TokenFacts } from "./token-facts.ts";

export interface AdminTokenSpec {
  readonly policy: string;
  /** A duration, e.g. "768h". Vault caps it at the system's longest lease. */
  readonly period: string;
}

/** The periodic orphan token that takes over from the root token, kept where the keys are. Renewed when less than half of its period is left. */
export function adminToken(spec: AdminTokenSpec): AppResource {
  return {
    id: `vault auth/token of ${spec.policy}`,
    diff: (read) => diffAdminToken(read, spec),
    apply: (write) => applyAdminToken(write, spec),
    preview: (read, found) => Promise.resolve(found instanceof NotYet ? wanted(read, spec) : found.changes),
    command: () => tokenCommand(spec),
  };
}

/** Renews the token that is kept, or makes one. */
const tokenCommand = ({ policy, period }: AdminTokenSpec): Command => ({
  lines: `
# What takes over from the root token: an orphan that lives as long as it is renewed, kept where the keys are.
if [ -s "$token_file" ] && as_kept token lookup > /dev/null 2>&1; then
  as_kept token renew > /dev/null
else
  keep_token as_admin token create -orphan -policy=${word(policy)} -period=${word(period)} -display-name=vault-k8s -field=token
fi`.trim(),
  needs: ["vault", "keys"],
});

type Kept =
  | { readonly kind: "none" }
  | { readonly kind: "useless"; readonly why: string }
  | { readonly kind: "good"; readonly token: string; readonly facts: TokenFacts };

/** The token in custody, and whether it can take over. */
export async function keptToken(read: Readers, { policy }: Pick<AdminTokenSpec, "policy">): Promise<Kept> {
  // It belongs to the pods' own Vault and is shown to no other.
  const token = read.vaultKube === undefined ? undefined : await read.keys.token();
  if (token === undefined) return { kind: "none" };
  const facts = await factsOf(read, token);
  const why = facts === undefined ? "Vault does not know it" : whyUseless(facts, policy);
  return why === undefined && facts !== undefined ? { kind: "good", token, facts } : { kind: "useless", why: why ?? "" };
}

function whyUseless({ policies, orphan, period }: TokenFacts, policy: string): string | undefined {
  if (!policies.includes(policy)) return `it does not have policy ${policy}`;
  if (!orphan) return "it would die with the token that made it";
  return period > 0 ? undefined : "it cannot be renewed for ever";
}

async function diffAdminToken(read: Readers, spec: AdminTokenSpec): Promise<Diff> {
  const root = await rootToken(read);
  const kept = await keptToken(read, spec);
  if (kept.kind === "good") return renewal(kept.facts);
  if (root.kind === "elsewhere" || root.kind === "encrypted") return same("not made: no root token is in reach");
  if (root.kind === "revoked" && !(await runsAsRoot(read)))
    return same(kept.kind === "none" ? "none is kept" : `the one that is kept is of no use: ${kept.why}`);
  const changes = wanted(read, spec);
  return kept.kind === "none"
    ? { kind: "create", changes }
    : { kind: "update", changes: [{ field: "token", before: kept.why, after: "a new one" }, ...changes] };
}

const wanted = (read: Readers, { policy, period }: AdminTokenSpec): Change[] => [
  { field: "policies", after: policy },
  { field: "period", after: period },
  { field: "orphan", after: "true" },
  { field: "kept with", after: read.keys.describe() },
];

function renewal({ ttl, period }: TokenFacts): Diff {
  if (ttl * 2 >= period) return same();
  return { kind: "update", changes: [{ field: "ttl", before: `${ttl}s`, after: `${period}s` }] };
}

async function applyAdminToken(write: Writers, spec: AdminTokenSpec): Promise<void> {
  const kept = await keptToken(write, spec);
  if (kept.kind === "good") return void (await write.vault.postAs(kept.token, "auth/token/renew-self", {}));
  const root = await rootToken(write);
  const token = await write.vault.createOrphan(root.kind === "valid" ? root.token : undefined, {
    policies: [spec.policy],
    period: spec.period,
    display_name: "vault-k8s",
  });
  await keep(write, token);
  if (root.kind === "valid") await write.vault.handOver(root.token, token);
}

/** Keeps it and reads it back; one that did not get into custody must not live on unknown. */
async function keep(write: Writers, token: string): Promise<void> {
  try {
    await write.keys.keepToken(token);
    if ((await write.keys.token()) !== token) throw notKept(write);
  } catch (error) {
    const kept = await write.keys.token().catch(() => undefined);
    if (kept !== token) await write.vault.revoke(token).catch(() => undefined);
    throw error;
  }
}

const notKept = (write: Writers) =>
  failure(kinds.keysNotWritable, {
    what: `The token that takes over from the root token could not be read back from ${write.keys.describe()}`,
    why: "Without it nobody could look after Vault once the root token is gone, so the root token stays.",
    fix: "Name a place that can be read back, or log in with --admin-auth, or say --keep-root.",
  });
