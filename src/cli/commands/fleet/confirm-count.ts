import { failure, kinds } from "../../../errors.ts";
import { oneLine } from "../../../systems/printable.ts";
import type { Prepared } from "../prepare.ts";

/**
 * Whoever takes away from many says how many: a number that is typed, or of --confirm. A list that changed meanwhile has another one.
 * @throws CliError VK1001 for another number, VK1007 where nobody can be asked, VK1002 where a person typed another one
 */
export async function confirmCount(
  { spec, prompts }: Pick<Prepared, "spec" | "prompts">,
  said: string | undefined,
  count: number,
  what: string,
): Promise<void> {
  if (said !== undefined && said.trim() !== String(count))
    throw failure(kinds.usage, {
      what: `--confirm ${oneLine(said)} is not how many ${what}, which is ${count}`,
      why: "Nothing was changed.",
      fix: "Look first, with --dry-run.",
    });
  if (said !== undefined || spec.run.dryRun || count === 0) return;
  if (!prompts.possible)
    throw failure(kinds.notConfirmed, {
      what: `${count} ${what}, which was not confirmed`,
      why: "Nobody is there to type the number. --yes alone is not enough.",
      fix: `Look first: add --dry-run. Then: --confirm ${count}`,
    });
  const typed = await prompts.text(`${count} ${what}. Type the number to go on:`);
  if (typed.trim() !== String(count))
    throw failure(kinds.interrupted, { what: "Stopped: that is not the number", why: "Nothing was changed." });
}
