import type { Say } from "../../core/resource.ts";
import { untilSettled } from "../../core/settle.ts";
import type { ReviewResult, Writers } from "../../systems/world.ts";
import type { ProofTokens } from "../reviewer/kind.ts";
import { frontAt } from "./fronts.ts";
import type { ReviewAddress } from "./kubernetes-host.ts";
import { notProven } from "./not-proven.ts";

/**
 * Does from here what Vault will do: a handshake with that host and CA, and a TokenReview with that token. A login afterwards
 * would prove nothing, since Vault goes on using a connection that it has open.
 */
export async function proveReview(write: Writers, address: ReviewAddress, tokens: ProofTokens, say: Say): Promise<void> {
  say(`proving a token review at ${address.host}`);
  const ask = (): Promise<ReviewResult> => write.proofs.review({ ...address, ...tokens });
  // A binding, or a token, that was just made takes a moment until each API server has seen it.
  const result = await untilSettled(ask, ({ kind }) => kind !== "reviewer-refused" && kind !== "token-unknown", { withinMs: 10_000 });
  if (result.kind === "authenticated") return;
  if (address.connectTo !== undefined && isOfTheWay(result, address.connectTo))
    return say(
      `not proven from here: ${result.reason} (what lies between here and the API server is not in Vault's way; the login will tell)`,
    );
  throw notProven(address.host, result);
}

/**
 * Whether it may be what stands before the API server that failed. A router that goes by the server's name in TLS, or a proxy, knows nothing of the
 * name by which pods reach it, which Vault in this cluster uses; one that takes tokens of its own knows none of an account.
 */
const isOfTheWay = ({ kind }: ReviewResult, dialled: string): boolean =>
  kind === "untrusted" || kind === "unreachable" || (kind === "token-unknown" && frontAt(dialled) !== undefined);
