import { exitCodes, CliError } from "../core/errors.ts";
import type { Mount } from "../wiring/mounts.ts";

/**
 * Vault keeps all auth methods in one entry of its storage: about 14,000 fit on raft (1 MiB), 7,000 on Consul (512 KiB). Vault docs, internals/limits.
 * Told from rather more than half of it on.
 */
const tellFrom = { raft: 8_000, consul: 4_000 } as const;

/** What one more costs: its row in that entry, which each further one writes anew as a whole, and a reader of its configuration every 30 s. */
const costs =
  "Each is a row of about 75 bytes in one entry of Vault's storage, which is written as a whole for each new one, and a read of its configuration every 30 s.";

/** What to know of the table of auth methods before `more` are added; nothing where there is room. */
export function tableNotices(all: readonly Mount[], more: number, storage?: string): string[] {
  const limit = storage === "consul" ? tellFrom.consul : tellFrom.raft;
  const after = all.length + more;
  if (after < limit) return [];
  return [`Vault has ${all.length} auth methods and would have ${after}: from ${limit} on its table comes near its limit. ${costs}`];
}

/** Undefined where the token may not see it: that stops nothing. */
export function unlessRefused(error: unknown): undefined {
  if (error instanceof CliError && error.kind.exit === exitCodes.refused) return undefined;
  throw error;
}
