import { failure, kinds } from "../errors.ts";
import type { Sinks } from "./choose-sinks.ts";
import type { Sink } from "./sink.ts";

export interface UnprovenOptions {
  readonly acceptUnproven: boolean;
  /** How many shares unseal. */
  readonly threshold: number;
}

/** Keys that go only where they cannot be read back may be lost, and nobody would know until they are needed. Throws VK1509. */
export function refuseUnproven({ main, holders }: Sinks, { acceptUnproven, threshold }: UnprovenOptions): void {
  const readable = (sinks: readonly Sink[]): number => sinks.filter(({ unproven }) => unproven === undefined).length;
  const shares = holders.map(({ sink }) => sink);
  const proven = readable(main) > 0 && (shares.length === 0 || readable(shares) >= threshold);
  if (proven || acceptUnproven) return;
  throw failure(kinds.custodyUnproven, {
    what:
      readable(main) === 0
        ? "The keys would only go where they cannot be read back"
        : `Fewer than ${threshold} of the holders' shares could be read back`,
    why: unprovenWords([...main, ...shares]).join("\n"),
    fix: "Name a place beside it that can be read back (--init-file FILE; --keys-read-command; --keys-age-identity), or take the risk with --accept-unproven.",
  });
}

/** What a person should know of each sink before it gets keys. */
export const warningsOf = ({ main, holders }: Sinks): string[] => {
  const all = [...main, ...holders.map(({ sink }) => sink)];
  return [...all.flatMap(({ warning }) => warning ?? []), ...unprovenWords(all)];
};

const unprovenWords = (sinks: readonly Sink[]): string[] =>
  sinks.flatMap(({ title, unproven }) => (unproven === undefined ? [] : [`${title} is unproven: ${unproven}`]));
