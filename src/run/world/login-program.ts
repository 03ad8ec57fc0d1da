import { readFile } from "node:fs/promises";
import path from "node:path";

interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The program that keeps what vault login brought, where the configuration of the vault command names one; ~/.vault-token is then nobody's.
 * https://developer.hashicorp.com/vault/docs/commands/token-helper
 */
export async function tokenHelper({ env, home }: Place): Promise<string | undefined> {
  const file = env["VAULT_CONFIG_PATH"] || env["BAO_CONFIG_PATH"] || path.join(home, ".vault");
  const text = await readFile(file, "utf8").catch(() => "");
  return /^[\s{]*"?token_helper"?\s*[=:]\s*"([^"]+)"/m.exec(text)?.[1];
}

/** A helper is a program of somebody else, so it is not run: this is how its token gets here. */
export const byHelper = (helper: string): string =>
  `vault login keeps tokens with ${helper}, which is not asked: export VAULT_TOKEN="$(vault print token)", or name a file with --vault-token-file.`;
