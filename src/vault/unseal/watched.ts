import { createHash } from "node:crypto";
import type { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers, SealStatus, VaultNode } from "../../systems/world.ts";
import type { Answering } from "../nodes/states.ts";
import { sharesInCustody } from "./keys.ts";

/** What a run remembers that unseals again and again, so that it does not get in the way of people, nor of itself. */
export interface Watched {
  /** Sealed nodes that are left alone now, by name, each with why. What is no longer so is forgotten. */
  left(read: Readers, closed: readonly Answering[]): Promise<ReadonlyMap<string, string>>;
  /** Whether there were any, when it was last asked. */
  leftSome(): boolean;
  /** Whether the keys that a node has got so far are this run's own, and no more. */
  isOurs(node: VaultNode, seal: SealStatus): boolean;
  /** A node took a key of ours. */
  gave(node: VaultNode, seal: SealStatus): void;
  /** A node refused these keys: they are not tried again there until custody gives others. */
  refused(node: VaultNode, shares: readonly string[], why: CliError): void;
}

interface Refusal {
  readonly keys: string;
  readonly why: string;
}

/** The memory of one run, empty. It holds no key, only what tells one set of keys from another. */
export function watched(): Watched {
  const ours = new Map<string, SealStatus>();
  const refusals = new Map<string, Refusal>();
  let some = false;
  const isOurs: Watched["isOurs"] = ({ name }, { nonce, progress }) =>
    progress === 0 || (nonce !== undefined && ours.get(name)?.nonce === nonce && ours.get(name)?.progress === progress);
  return {
    isOurs,
    gave: ({ name }, seal) => void ours.set(name, seal),
    refused: ({ name }, shares, { message }) => void refusals.set(name, { keys: fingerprint(shares), why: message }),
    leftSome: () => some,
    left: async (read, closed) => {
      const sealed = closed.filter(({ state }) => state === "sealed");
      // A node that was open or empty meanwhile may take what it refused before.
      for (const name of refusals.keys()) if (!sealed.some(({ node }) => node.name === name)) refusals.delete(name);
      const keys = refusals.size === 0 ? undefined : await keysNow(read);
      const words = ({ node, seal }: Answering): string | undefined => {
        if (!isOurs(node, seal)) return othersHaveBegun(node, seal).message;
        const refusal = refusals.get(node.name);
        return refusal?.keys === keys ? refusal?.why : undefined;
      };
      const found = new Map(
        sealed.flatMap((state) => {
          const why = words(state);
          return why === undefined ? [] : [[state.node.name, why] as const];
        }),
      );
      some = found.size > 0;
      return found;
    },
  };
}

async function keysNow(read: Readers): Promise<string | undefined> {
  const found = await sharesInCustody(read);
  return found.kind === "enough" ? fingerprint(found.shares) : undefined;
}

const fingerprint = (shares: readonly string[]): string => createHash("sha256").update(shares.join("\n")).digest("hex");

/** Somebody else gives keys to a node. */
export const othersHaveBegun = ({ name }: VaultNode, { progress, t }: SealStatus): CliError =>
  failure(kinds.moreKeys, {
    what: `${name} has ${progress} of ${t} keys, which somebody else gave: it is left to them`,
    fix: "vault-k8s operator unseal without --watch begins anew with the keys from custody.",
  });
