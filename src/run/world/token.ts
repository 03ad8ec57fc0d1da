import { readFile } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { isEncrypted } from "../../systems/words.ts";
import type { PodLogin } from "./login.ts";
import type { TokenSource } from "../../systems/vault/session.ts";
import type { KeysReader } from "../../systems/world.ts";
import { byHelper, tokenHelper } from "./login-program.ts";

export interface TokenOptions {
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Comes after the file alone. */
  readonly login?: PodLogin | undefined;
  /** The key file, where Vault's own pods are meant: its root token belongs to no other Vault. */
  readonly keys: KeysReader | undefined;
  /** Why a token of the environment or of vault login is another Vault's, in words for people; undefined where it may be this one's. */
  readonly whyForeign?: (() => Promise<string | undefined>) | undefined;
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
 * What is of another Vault is passed over. Where Vault does not know the successor, the root token of the same custody is next: it may still be valid.
 */
export function tokenSource(options: TokenOptions): TokenSource {
  let known: Found | undefined;
  let looking: Promise<Found> | undefined;
  const look = (): Promise<Found> =>
    (looking ??= find(options)
      .then(usable)
      .finally(() => void (looking = undefined)));
  const source = async (): Promise<string> => (known ??= await look()).token;
  return Object.assign(source, {
    instead: async (unknown: string) => (known?.token === unknown ? known.instead?.() : undefined),
    took: () =>
      options.notice?.(
        `Vault does not know the token that is kept in ${known?.from ?? "custody"}: it expired, or was revoked. This run goes on with the root token of the same keys; vault-k8s operator retire-root makes a new one.`,
      ),
  });
}

async function find(options: TokenOptions): Promise<Found> {
  const { file, env, home, keys, notice, login: ofPod } = options;
  if (file !== undefined) return { token: await readGiven(file), from: file };
  if (ofPod !== undefined) return { token: await ofPod.token(), from: ofPod.title };
  const name = ["VAULT_TOKEN", "BAO_TOKEN"].find((one) => env[one]);
  const helper = path.join(home, ".vault-token");
  const exported = name === undefined ? "" : env[name]!.trim();
  const foreign = exported === "" ? undefined : await options.whyForeign?.();
  if (exported !== "" && foreign === undefined) return { token: exported, from: name! };
  if (foreign !== undefined) notice?.(`${name} is not used: ${foreign}.`);
  const kept = await inCustody(keys);
  if (kept !== undefined) return kept;
  const login = (await tokenHelper(options)) === undefined ? (await readFile(helper, "utf8").catch(() => "")).trim() : "";
  const foreignLogin = login === "" ? undefined : (foreign ?? (await options.whyForeign?.()));
  if (login !== "" && foreignLogin === undefined) return { token: login, from: helper };
  throw await none(options, helper, foreignLogin ?? foreign);
}

async function inCustody(keys: KeysReader | undefined): Promise<Found | undefined> {
  const from = keys?.describe() ?? "the key file";
  const successor = await keys?.token();
  if (successor !== undefined) return { token: successor, from, instead: () => plainRoot(keys) };
  const root = await plainRoot(keys);
  return root === undefined ? undefined : { token: root, from };
}

async function none(options: TokenOptions, helper: string, foreign: string | undefined): Promise<Error> {
  const { keys } = options;
  const program = await tokenHelper(options);
  const encrypted = (await keys?.read().catch(closed))?.root_token !== undefined;
  const kept = keys === undefined ? "" : `, ${keys.describe()} does not exist`;
  return failure(kinds.vaultNoToken, {
    what: "There is no Vault token",
    why: encrypted
      ? "The root token in the key file is encrypted with PGP."
      : foreign === undefined
        ? `Neither --vault-token-file nor VAULT_TOKEN is set${kept}, and there is no ${helper}.`
        : `VAULT_TOKEN and ${helper} are not used: ${foreign}${kept}.`,
    fix:
      foreign === undefined && program !== undefined
        ? byHelper(program)
        : foreign === undefined
          ? "Log in with vault login, or set VAULT_TOKEN, or name a file with --vault-token-file."
          : "Name a file with its token with --vault-token-file.",
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
