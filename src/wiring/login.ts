import { fail, pass, type Fix, type Found } from "../core/check.ts";
import { CliError } from "../core/errors.ts";
import { kinds } from "../errors.ts";
import type { Readers, VaultLogin } from "../systems/world.ts";
import { onSubresource, type KubeNeed } from "../systems/need.ts";
import type { AppCheck } from "../systems/step.ts";

export interface LoginSettings {
  readonly authMount: string;
  readonly roleName: string;
  readonly boundServiceAccounts: readonly string[];
  readonly boundNamespaces: readonly string[];
  readonly audience: string | undefined;
  readonly kvMount: string;
  readonly kvPrefix: string;
}

/** Three proofs with real logins; every token that they get is revoked. */
export function loginChecks(settings: LoginSettings): AppCheck[] {
  return [mayLogIn(settings), mayReadOnlyItsOwn(settings), othersMayNot(settings)];
}

function mayLogIn(settings: LoginSettings): AppCheck {
  return {
    id: "login",
    title: `${account(settings)} logs in at auth/${settings.authMount} as ${settings.roleName}`,
    needs: () => tokenOf(accountOf(settings)),
    run: (read) => withLogin(read, settings, ({ policies }) => Promise.resolve(pass(`policies ${policies.join(", ")}`))),
  };
}

/** A name that nobody has: Vault says 404 where one may read and 403 where one may not, whether it exists or not. */
export const probePath = ({ kvMount, kvPrefix }: LoginSettings): string => `${kvMount}/data/${kvPrefix}vault-k8s-probe`;
/** The same outside of the prefix. */
export const outsidePath = ({ kvMount }: LoginSettings): string => `${kvMount}/data/vault-k8s-probe-outside/of-the-prefix`;

/** For a login that may not read what it should. */
export const policiesRefuse: Fix = (line) => `The role's policies do not allow it: ${line("policy")} && ${line("role")}`;

function mayReadOnlyItsOwn(settings: LoginSettings): AppCheck {
  const { kvMount, kvPrefix } = settings;
  const [inside, outside] = [probePath(settings), outsidePath(settings)];
  return {
    id: "policy",
    title: `it reads below ${kvMount}/${kvPrefix} and is refused elsewhere`,
    needs: () => tokenOf(accountOf(settings)),
    run: (read) =>
      withLogin(read, settings, async ({ token }) => {
        const own = await read.vault.getAs(token, inside);
        if (own.kind === "denied") return fail(`Vault refuses to read ${inside}: ${own.reason}`, policiesRefuse);
        const other = await read.vault.getAs(token, outside);
        return other.kind === "denied"
          ? pass()
          : fail(
              `It may read ${outside}, outside of its prefix`,
              "A policy of the role is too wide: look at the policies of the role, and at the default policy.",
            );
      }),
  };
}

function othersMayNot(settings: LoginSettings): AppCheck {
  return {
    id: "unbound",
    title: "a service account that is not bound is refused",
    needs: () => tokenOf(unboundAccounts(settings)[0]),
    run: async (read) => {
      const [other] = unboundAccounts(settings);
      if (other === undefined)
        return fail(
          `The role binds ${settings.boundServiceAccounts.join(", ")} in ${settings.boundNamespaces.join(", ")}: every account that could be tried`,
          "Bind exact names: --bound-service-account and --bound-namespace.",
        );
      const attempt = await logIn(read, settings, other);
      if ("error" in attempt)
        return attempt.error.kind === kinds.vaultDenied ? pass(`${other.namespace}/${other.name}`) : notProven(attempt.error);
      await read.vault.revoke(attempt.login.token);
      return fail(`${other.namespace}/${other.name} could log in as ${settings.roleName}`, (line) => `Bind exact names: ${line("role")}`);
    },
  };
}

interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** The account that the proofs log in as. */
export const accountOf = ({ boundNamespaces, boundServiceAccounts }: LoginSettings): Account => ({
  namespace: boundNamespaces[0] ?? "",
  name: boundServiceAccounts[0] ?? "",
});
const account = (settings: LoginSettings): string => `${accountOf(settings).namespace}/${accountOf(settings).name}`;

// Accounts that every cluster has.
const everywhere: readonly Account[] = [
  { namespace: "default", name: "default" },
  { namespace: "kube-system", name: "default" },
];

/** Accounts that the role does not bind: of another namespace, and another one of the bound namespace. */
export function unboundAccounts({ boundNamespaces, boundServiceAccounts }: LoginSettings): readonly Account[] {
  const fits = (patterns: readonly string[], name: string): boolean =>
    patterns.some((pattern) => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(name));
  const [elsewhere] = everywhere.filter(({ namespace, name }) => !(fits(boundNamespaces, namespace) && fits(boundServiceAccounts, name)));
  const beside = { namespace: boundNamespaces[0] ?? "", name: "default" };
  const near = beside.namespace.includes("*") || fits(boundServiceAccounts, beside.name) ? [] : [beside];
  return [...(elsewhere === undefined ? [] : [elsewhere]), ...near];
}

const tokenOf = (who: Account | undefined): KubeNeed[] =>
  who === undefined ? [] : onSubresource({ apiVersion: "v1", kind: "ServiceAccount", ...who }, "token", ["create"]);

type Attempt = { readonly login: VaultLogin } | { readonly error: CliError };

async function logIn(read: Readers, { authMount, roleName, audience }: LoginSettings, who: Account): Promise<Attempt> {
  const jwt = await read.kube.serviceAccountToken(who, audience === undefined ? [] : [audience], 600);
  try {
    return { login: await read.vault.login(authMount, roleName, jwt) };
  } catch (error) {
    if (error instanceof CliError) return { error };
    throw error;
  }
}

async function withLogin(read: Readers, settings: LoginSettings, use: (login: VaultLogin) => Promise<Found>): Promise<Found> {
  const attempt = await logIn(read, settings, accountOf(settings));
  if ("error" in attempt) return refused(attempt.error, settings);
  try {
    return await use(attempt.login);
  } finally {
    await read.vault.revoke(attempt.login.token);
  }
}

function refused(error: CliError, { authMount }: LoginSettings): Found {
  if (error.kind === kinds.vaultUnreachable) throw error;
  return fail(
    `Vault refuses the login: ${error.why ?? error.message}`,
    error.fix ??
      ((line) =>
        `A bare "permission denied" means that Vault's token review failed (auth/${authMount}/config): ${line("reviewer")} && ${line("auth")}`),
  );
}

const notProven = (error: CliError): Found =>
  fail(`Vault did not refuse it, but failed: ${error.why ?? error.message}`, error.fix ?? "Mend the login first.");
