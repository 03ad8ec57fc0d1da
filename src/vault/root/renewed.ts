import type { CliError } from "../../core/errors.ts";
import { same, type Diff, type Say } from "../../core/resource.ts";
import { canonical } from "../../config/duration.ts";
import { failure, kinds } from "../../errors.ts";
import { defineStep, type AppResource } from "../../systems/step.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { keptFacts, renewKept, wholeLife } from "./kept-token.ts";
import type { TokenFacts } from "./token-facts.ts";

/** Renews the token that took over from the root token. It is no step of bootstrap, which renews what has lived half of its life. */
export const renewToken = defineStep({
  id: "renew-token",
  title: "Renew the kept token",
  resources: () => [renewedToken()],
});

/** The kept token with its whole life before it: renewed however much is left, so that a timer may come seldom. */
export function renewedToken(): AppResource {
  return {
    id: "vault kept token",
    diff: async (read) => diffToken((await living(read)).facts),
    apply: renew,
    command: () => ({ lines: "as_kept token renew > /dev/null", needs: ["vault", "keys"] }),
  };
}

function diffToken(facts: TokenFacts): Diff {
  const whole = wholeLife(facts);
  if (facts.ttl === 0) return same("it never ends");
  if (isFresh(facts)) return same(`it ends ${facts.expires ?? `in ${canonical(`${facts.ttl}s`)}`}`);
  return { kind: "update", changes: [{ field: "ttl", before: `${facts.ttl}s`, after: `${whole}s` }] };
}

/** Renewed within the last minute: Vault tells whole seconds, and rounds them down. */
const isFresh = (facts: TokenFacts): boolean => facts.ttl + 60 >= wholeLife(facts);

async function renew(write: Writers, say: Say): Promise<void> {
  const before = await living(write);
  await renewKept(write, before.token, say);
  const { facts } = await living(write);
  if (facts.ttl <= before.facts.ttl && !isFresh(facts)) throw notRenewed(write, facts);
  say(`it ends ${facts.expires ?? `in ${canonical(`${facts.ttl}s`)}`} when it is not renewed again`);
}

/** Throws VK1524 where none is kept, or Vault does not know it any more. */
async function living(read: Readers): Promise<{ readonly token: string; readonly facts: TokenFacts }> {
  const kept = await keptFacts(read);
  if (kept?.facts !== undefined) return { token: kept.token, facts: kept.facts };
  throw kept === undefined ? noneKept(read) : ended(read);
}

const noneKept = (read: Readers): CliError =>
  failure(kinds.noKeptToken, {
    what: "There is no kept token that could be renewed",
    why: `None stands with ${read.keys.describe()}: root was kept (--keep-root), or people log in (--admin-auth).`,
    fix: "Nothing has to be renewed then. Where the keys are elsewhere, --init-file and the --keys flags say where.",
  });

const ended = (read: Readers): CliError =>
  failure(kinds.noKeptToken, {
    what: "The kept token has ended, or was revoked: Vault does not know it",
    why: `It stands with ${read.keys.describe()}.`,
    fix: "A quorum of the keys makes a new one: vault-k8s operator generate-root -- vault-k8s operator retire-root, each with the flags of this run. On Vault 2 and OpenBao from 2.5.3 on that wants a token besides: docs/root-token.md.",
  });

const notRenewed = (read: Readers, { ttl }: TokenFacts): CliError =>
  failure(kinds.noKeptToken, {
    what: `Vault took the renewal, and the token still ends in ${canonical(`${ttl}s`)} (${read.vault.describe()})`,
    fix: "vault-k8s operator generate-root -- vault-k8s operator retire-root makes a new one; docs/root-token.md.",
  });
