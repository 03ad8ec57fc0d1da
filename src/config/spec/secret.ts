import { failure, kinds } from "../../errors.ts";
import { secretSpec, splitSecretSpec } from "../rules.ts";

/** One secret as the user names it: NAME[=PATH][#KEY,…]. */
export interface NamedSecret {
  readonly name: string;
  /** Below the KV prefix. */
  readonly path: string;
  /** Empty for all keys. */
  readonly keys: readonly string[];
}

/**
 * Reads NAME[=PATH][#KEY,…].
 * @throws CliError VK1004 when it has another form.
 */
export function parseSecretSpec(text: string): NamedSecret {
  const wrong = secretSpec(text);
  if (wrong !== undefined)
    throw failure(kinds.badValue, {
      what: `"${text}" does not name a secret`,
      why: wrong,
      fix: "--secret db, --secret db=team/db, --secret db=team/db#username,password",
    });
  const { name, path = name, keys = [] } = splitSecretSpec(text);
  return { name, path, keys };
}
