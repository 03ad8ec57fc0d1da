import { readFile } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { isEncrypted } from "../../systems/words.ts";
import type { TokenSource } from "../../systems/vault/session.ts";
import type { KeysReader } from "../../systems/world.ts";

export interface TokenOptions {
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The key file, where Vault's own pods are meant: its root token belongs to no other Vault. */
  readonly keys: KeysReader | undefined;
  /** Told what a person should know of the token. */
  readonly notice?: ((words: string) => void) | undefined;
}

interface Found {
  readonly token: string;
  readonly from: string;
  /** What may take its place where Vault does not know it: of the same custody. */
  readonly instead?: (() => Promise<string | undefined>) | undefined;
}

/**
 * The run's token, found when it is first needed: --vault-token-file, VAULT_TOKEN or BAO_TOKEN, from the custody of the keys the
 * successor of the root token or else the root token, ~/.vault-token. Until one is found it is looked for each time, since init writes the key file.
 * Where Vault does not know the successor, the root token of the same custody is next: it may still be valid.
 */
export function tokenSource(options: TokenOptions): TokenSource {
  let known: Found | undefined;
  const source = async (): Promise<string> => (known ??= usable(await find(options))).token;
  return Object.assign(source, {
    instead: async (unknown: string) => (known?.token === unknown ? known.instead?.() : undefined),
    took: () =>
      options.notice?.(
        `Vault does not know the token that is kept in ${known?.from ?? "custody"}: it expired, or was revoked. This run goes on with the root token of the same keys; vault-k8s operator retire-root makes a new one.`,
      ),
  });
}

async function find({ file, env, home, keys }: TokenOptions): Promise<Found> {
  if (file !== undefined) return { token: await readGiven(file), from: file };
  for (const name of ["VAULT_TOKEN", "BAO_TOKEN"]) if (env[name]) return { token: env[name].trim(), from: name };
  const successor = await keys?.token();
  if (successor !== undefined) return { token: successor, from: keys?.describe() ?? "the key file", instead: () => plainRoot(keys) };
  const root = (await keys?.read().catch(closed))?.root_token;
  if (root !== undefined && !isEncrypted(root)) return { token: root, from: keys?.describe() ?? "the key file" };
  const helper = path.join(home, ".vault-token");
  const kept = (await readFile(helper, "utf8").catch(() => "")).trim();
  if (kept !== "") return { token: kept, from: helper };
  throw failure(kinds.vaultNoToken, {
    what: "There is no Vault token",
    why:
      root === undefined
        ? `Neither --vault-token-file nor VAULT_TOKEN is set${keys === undefined ? "" : `, ${keys.describe()} does not exist`}, and there is no ${helper}.`
        : "The root token in the key file is encrypted with PGP.",
    fix: "Log in with vault login, or set VAULT_TOKEN, or name a file with --vault-token-file.",
  });
}

async function plainRoot(keys: KeysReader | undefined): Promise<string | undefined> {
  const root = (await keys?.read().catch(closed))?.root_token;
  return root === undefined || root === "" || isEncrypted(root) ? undefined : root;
}

/** Keys that cannot be read from here are no token either; another place may have one. */
function closed(error: unknown): undefined {
  if (error instanceof CliError && error.kind === kinds.noKeys) return undefined;
  throw error;
}

async function readGiven(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, { what: `The token file ${file} cannot be read`, why: error.code, fix: "Correct --vault-token-file." });
  });
  if (text.trim() !== "") return text.trim();
  throw failure(kinds.badInput, {
    what: `The token file ${file} is empty`,
    fix: "Write the token into it, or name another with --vault-token-file.",
  });
}

function usable(found: Found): Found {
  const { token, from } = found;
  if (/^[\x21-\x7e]+$/.test(token)) return found;
  throw failure(kinds.badInput, {
    what: `${from} does not hold a Vault token`,
    why: "It has spaces, line breaks or other characters that no token has.",
    fix: `Put the token alone into ${from}.`,
  });
}
