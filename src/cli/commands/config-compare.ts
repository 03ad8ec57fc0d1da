import { loadConfigFile, type ConfigFile } from "../../config/file.ts";
import { reviewedChanges, type ReviewedChange } from "../../config/reviewed.ts";
import { exitCodes } from "../../core/errors.ts";
import type { Raw } from "../../config/coerce.ts";
import type { Run } from "./command.ts";
import { withoutSecrets } from "./config-view.ts";

/** Prints what the second file changes of the first in the settings that want a review; ends with 2 where it changes any. Sends nothing. */
export const run: Run = async ({ args: [base = "", head = ""], host: { streams, cwd } }) => {
  const changes = await reviewedChanges(await loaded(base, cwd), await loaded(head, cwd));
  streams.stdout.write(changes.map((change) => `${line(change)}\n`).join(""));
  return changes.length === 0 ? exitCodes.done : exitCodes.differences;
};

async function loaded(named: string, cwd: string): Promise<ConfigFile> {
  const file = await loadConfigFile(named, cwd);
  if (file === undefined) throw new Error(`${named} was named, and is not there`);
  return file;
}

const line = ({ key, before, after, content }: ReviewedChange): string =>
  content === true ? `${key}: ${text(after)}, what is in it` : `${key}: ${text(before)} → ${text(after)}`;

function text(raw: Raw | undefined): string {
  if (raw === undefined) return "-";
  return (typeof raw === "string" ? [raw] : raw).map(shown).join(", ") || '""';
}

// Nothing was checked yet: an address may still hold a login.
const shown = (value: string): string => withoutSecrets(value).replace(/\/\/[^/]*@/, "//…@");
