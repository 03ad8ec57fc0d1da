import type { Spec } from "../config/spec.ts";
import type { CommandLines } from "../consumers/diagnosis/cause.ts";
import type { Finding } from "../core/check.ts";
import { failure, kinds } from "../errors.ts";
import type { World } from "./world/open.ts";

interface Looked {
  readonly spec: Spec;
  readonly world: World;
  readonly commandLines: CommandLines;
  /** Told that a cause is looked for. */
  readonly say: (message: string) => void;
}

/** A proof that failed is explained: its cause is looked for while the systems are open. @throws CliError VK1604 where one failed */
export async function refuseFailures({ spec, world, commandLines, say }: Looked, findings: readonly Finding[]): Promise<void> {
  const failed = findings.filter((finding) => finding.kind === "fail");
  if (failed.length === 0) return;
  say("looking for the cause");
  const { diagnosisFor } = await import("./diagnosis.ts");
  const cause = await world.look((read) => diagnosisFor(commandLines, spec, read));
  throw failure(kinds.verifyFailed, {
    what: failed.length === 1 ? "A proof failed" : `${failed.length} proofs failed`,
    why: [...failed.map(({ reason }) => reason), cause.why].join("\n"),
    fix: cause.fix ?? [...new Set(failed.map(({ fix }) => fix)), cause.look].join("\n"),
  });
}
