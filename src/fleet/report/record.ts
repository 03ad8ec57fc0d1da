import { CliError } from "../../core/errors.ts";
import { withoutTokens } from "../../systems/redaction.ts";
import type { Ended } from "../pool.ts";
import type { ClusterRecord, FailureWords } from "./schema.ts";

/** What is known of a cluster however its run ends. */
export type Known = Pick<ClusterRecord, "cluster" | "source" | "context" | "server" | "requests" | "resources">;

/** What work says of a cluster that came to its end. */
export type Result = Pick<ClusterRecord, "result" | "note" | "status" | "failure">;

/** One that ended, as it is reported. */
export function recordOf<M>({ seconds, ...ended }: Ended<M, Result>, known: Known): ClusterRecord {
  if (ended.kind === "skipped") return { ...known, result: "skipped", note: ended.why, seconds };
  if (ended.kind === "failed") return { ...known, result: "failed", failure: wordsOf(ended.error), seconds };
  const { result, note, status, failure } = ended.value;
  return {
    ...known,
    result,
    ...(note !== undefined && { note }),
    seconds,
    ...(failure !== undefined && { failure }),
    ...(status !== undefined && { status }),
  };
}

/** What is no failure of the world is a fault of ours, which stops one cluster and not the fleet. */
function wordsOf(error: unknown): FailureWords {
  if (!(error instanceof CliError))
    return { code: "BUG", what: withoutTokens(error instanceof Error ? `${error.name}: ${error.message}` : String(error)) };
  const { kind, message, why, fix } = error;
  return { code: kind.code, what: message, ...(why !== undefined && { why }), ...(fix !== undefined && { fix }) };
}
