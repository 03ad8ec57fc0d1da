import { failure, kinds } from "../../errors.ts";

/** What a .env file says: its values by key, and the keys whose values stand in quotes. */
export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  readonly quoted: readonly string[];
}

/** A name that Kubernetes takes for an environment variable, as `kubectl create secret --from-env-file` asks for. */
const name = /^(?!\.{1,2}$)(?!\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/**
 * Reads lines of key=value as kubectl's --from-env-file does: lines that begin with # are comments, values are taken as they stand. A line
 * without = is refused, where kubectl looks into its own environment. Documented at
 * https://kubernetes.io/docs/reference/kubectl/generated/kubectl_create/kubectl_create_secret_generic.
 * @param from What the text is called in a refusal. @throws CliError VK1009; no message holds anything of a line.
 */
export function envFile(text: string, from: string): EnvFile {
  const values = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const said = line.replace(/^[\s\u0085]+/, "");
    if (said === "" || said.startsWith("#")) continue;
    const [key, value] = pair(said, `Line ${index + 1} of ${from}`);
    if (values.has(key)) throw refused(`Line ${index + 1} of ${from} names a key that stands there already`, "Leave one of them.");
    values.set(key, value);
  }
  if (values.size === 0) throw refused(`There are no values in ${from}`, keyValue);
  return { values: Object.fromEntries(values), quoted: [...values].flatMap(([key, value]) => (/^(["']).*\1$/.test(value) ? [key] : [])) };
}

const keyValue = "Send a JSON object, or lines of key=value.";

function pair(line: string, where: string): [string, string] {
  const at = line.indexOf("=");
  if (/^export\s/.test(line))
    throw refused(
      `${where} begins with export`,
      "Take the word away: lines are read as kubectl's --from-env-file reads them, by no shell.",
    );
  if (at < 1) throw refused(`${where} is not key=value`, keyValue);
  const key = line.slice(0, at);
  if (name.test(key)) return [key, line.slice(at + 1)];
  throw refused(
    `${where} has a key that kubectl's --from-env-file does not take`,
    "It consists of letters, digits, '_', '-' and '.', begins with no digit, and has no space before the =. A JSON object may have any keys.",
  );
}

const refused = (what: string, fix: string) => failure(kinds.badInput, { what, fix });
