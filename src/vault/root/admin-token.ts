import { NotYet } from "../../core/errors.ts";
import { inOrder } from "../../core/in-order.ts";
import { same, type Change, type Command, type Diff, type Say } from "../../core/resource.ts";
import { canonical } from "../../config/duration.ts";
import { shellText } from "../../core/shell-text.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { keepToken, keptToken, renewKept, tellWarnings, wholeLife, type Kept } from "./kept-token.ts";
import { rootToken, runsAsRoot, type RootToken } from "./root-token.ts";
import { aDay, factsOf, type TokenFacts } from "./token-facts.ts";

export interface AdminTokenSpec {
  readonly policy: string;
  /** A duration, e.g. "768h". Vault caps it at the system's longest lease. */
  readonly period: string;
}

/** The periodic orphan token that takes over from the root token, kept where the keys are. Renewed when less than half of its life is left. */
export function adminToken(spec: AdminTokenSpec): AppResource {
  return {
    id: `vault auth/token of ${spec.policy}`,
    diff: (read) => diffAdminToken(read, spec),
    apply: (write, say) => applyAdminToken(write, spec, say),
    preview: (read, found) => Promise.resolve(found instanceof NotYet ? wanted(read, spec) : found.changes),
    command: () => tokenCommand(spec),
  };
}

/** Renews the token that is kept, or makes one. */
const tokenCommand = ({ policy, period }: AdminTokenSpec): Command => ({
  lines: shellText("vault/admin-token.sh", { policy, period }),
  needs: ["vault", "keys"],
});

async function diffAdminToken(read: Readers, spec: AdminTokenSpec): Promise<Diff> {
  const [root, kept] = await inOrder([rootToken(read), keptToken(read, spec)]);
  if (kept.kind === "good" && !toBeAnother(kept.facts, root)) return renewal(kept.facts);
  if (root.kind === "elsewhere" || root.kind === "encrypted") return same("not made: no root token is in reach");
  if (root.kind === "revoked" && !(await runsAsRoot(read)))
    return same(kept.kind === "none" ? "none is kept" : `the one that is kept is of no use: ${whyAnother(kept)}`);
  const changes = wanted(read, spec);
  if (kept.kind === "none") return { kind: "create", changes };
  return { kind: "update", changes: [{ field: "token", before: whyAnother(kept), after: "a new one" }, ...changes] };
}

const whyAnother = (kept: Exclude<Kept, { kind: "none" }>): string =>
  kept.kind === "useless" ? kept.why : `it lives ${canonical(`${kept.facts.creationTtl}s`)}`;

/** One that Vault gave less than a day is made anew while a root token is there: Vault may give more now. */
const toBeAnother = ({ creationTtl }: TokenFacts, root: RootToken): boolean => root.kind === "valid" && creationTtl < aDay;

const wanted = (read: Readers, { policy, period }: AdminTokenSpec): Change[] => [
  { field: "policies", after: policy },
  { field: "period", after: period },
  { field: "orphan", after: "true" },
  { field: "kept with", after: read.keys.describe() },
];

function renewal(facts: TokenFacts): Diff {
  const whole = wholeLife(facts);
  if (facts.ttl * 2 >= whole) return same();
  return { kind: "update", changes: [{ field: "ttl", before: `${facts.ttl}s`, after: `${whole}s` }] };
}

async function applyAdminToken(write: Writers, spec: AdminTokenSpec, say: Say): Promise<void> {
  const kept = await keptToken(write, spec);
  const root = await rootToken(write);
  if (kept.kind === "good" && !toBeAnother(kept.facts, root)) return renewKept(write, kept.token, say);
  const { token, warnings } = await write.vault.createOrphan(root.kind === "valid" ? root.token : undefined, {
    policies: [spec.policy],
    period: spec.period,
    display_name: "vault-k8s",
  });
  tellWarnings(warnings, token, say);
  await keepToken(write, token);
  await tellLife(write, token, say);
  if (root.kind === "valid") await write.vault.handOver(root.token, token);
}

/** Whoever asked for a longer period is told what a renewal gives. */
async function tellLife(read: Readers, token: string, say: Say): Promise<void> {
  const facts = await factsOf(read, token);
  if (facts === undefined || wholeLife(facts) >= facts.period) return;
  const [given, asked] = [wholeLife(facts), facts.period].map((seconds) => canonical(`${seconds}s`));
  say(`the token ends when it is not renewed for ${given}, not ${asked}: Vault gives no more`);
}
