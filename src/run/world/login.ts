import { readFile } from "node:fs/promises";
import type { LoginSpec } from "../../config/spec/vault.ts";
import { failure, kinds } from "../../errors.ts";

/** Where a pod finds the token that its manifest asked for, with the audience `vault`: it is renewed there. */
const mounted = "/var/run/secrets/vault-k8s/token";

/** Logs in with the token of this pod's service account. Throws what Vault says of it. */
type LogIn = (mount: string, role: string, jwt: string) => Promise<{ readonly token: string }>;

/** A login of --vault-login, made when its token is first needed. */
export interface PodLogin {
  readonly title: string;
  readonly token: () => Promise<string>;
  /** The token of the login, where there was one; it is revoked when the run ends. */
  readonly made: () => string | undefined;
}

/** @param file where the service account's token lies, if not where our manifests put it. */
export function podLogin({ mount, role }: LoginSpec, logIn: LogIn, file = mounted): PodLogin {
  let made: string | undefined;
  return {
    title: `the login at auth/${mount} as ${role}`,
    made: () => made,
    token: async () => {
      const { token } = await logIn(mount, role, await jwtIn(file));
      made = token;
      return token;
    },
  };
}

async function jwtIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.vaultNoToken, {
      what: `There is no token of a service account at ${file} to log in to Vault with`,
      why: error.code,
      fix: "--vault-login is for pods that fleet schedule describes; elsewhere use --vault-token-file or VAULT_TOKEN.",
    });
  });
  return text.trim();
}
