import { fail, pass, type Fix, type Found } from "../core/check.ts";
import { CliError } from "../core/errors.ts";
import { kinds } from "../errors.ts";
import type { LoginSpec } from "../config/spec/consumer.ts";
import type { KvSpec } from "../config/spec/wiring.ts";
import type { Readers, VaultLogin } from "../systems/world.ts";
import { probePath } from "../systems/probe-path.ts";
import { inOrder } from "../core/in-order.ts";
import { AccountTokens } from "./account-tokens.ts";
import { boundsOf, otherClusters, refusedElsewhere } from "./elsewhere.ts";
import { SharedLogins } from "./shared-logins.ts";
import { onSubresource, type KubeNeed } from "../systems/need.ts";
import type { AppCheck } from "../systems/step.ts";

/** A login that is to be proven, and what it is to read. */
export interface ProvenLogin {
  readonly authMount: string;
  readonly login: LoginSpec;
  readonly kv: KvSpec;
}

/** Three proofs with real logins; every token that they get is revoked. */
export function loginChecks(proven: ProvenLogin): AppCheck[] {
  const tokens = new AccountTokens(proven.login);
  const logins: Logins = new SharedLogins((read: Readers) => logIn(read, proven, accountOf(proven.login), tokens));
  return [mayLogIn(proven, tokens, logins), mayReadOnlyItsOwn(proven, logins), othersMayNot(proven, tokens)];
}

type Logins = SharedLogins<Readers, Attempt>;

function mayLogIn(proven: ProvenLogin, tokens: AccountTokens, logins: Logins): AppCheck {
  const { authMount, login } = proven;
  return {
    id: "login",
    title: `${account(login)} logs in at auth/${authMount} as ${login.role}`,
    needs: () => tokenOf(accountOf(login)),
    prepare: (read) => tokens.ahead(read, [accountOf(login)]),
    run: (read) => withLogin(read, proven, logins, ({ policies }) => Promise.resolve(pass(`policies ${policies.join(", ")}`))),
  };
}

/** For a login that may not read what it should. */
export const policiesRefuse: Fix = (line) => `The role's policies do not allow it: ${line("policy")} && ${line("role")}`;

function mayReadOnlyItsOwn(proven: ProvenLogin, logins: Logins): AppCheck {
  const { kv, login } = proven;
  const inside = probePath(kv.mount, kv.prefix);
  return {
    id: "policy",
    title: boundsOf(kv),
    needs: () => tokenOf(accountOf(login)),
    run: (read) => {
      const others = otherClusters(read, kv);
      others.catch(() => undefined);
      return withLogin(read, proven, logins, async ({ token }) => {
        const [own, elsewhere] = await inOrder([read.vault.getAs(token, inside), refusedElsewhere(read, token, kv, others)]);
        return own.kind === "denied" ? fail(`Vault refuses to read ${inside}: ${own.reason}`, policiesRefuse) : elsewhere;
      });
    },
  };
}

function othersMayNot(proven: ProvenLogin, tokens: AccountTokens): AppCheck {
  const { role, serviceAccounts, namespaces } = proven.login;
  return {
    id: "unbound",
    title: "a service account that is not bound is refused",
    needs: () => tokenOf(unboundAccounts(proven.login)[0]),
    prepare: (read) => tokens.ahead(read, unboundAccounts(proven.login).slice(0, 1)),
    run: async (read) => {
      const [other] = unboundAccounts(proven.login);
      if (other === undefined)
        return fail(
          `The role binds ${serviceAccounts.join(", ")} in ${namespaces.join(", ")}: every account that could be tried`,
          "Bind exact names: --bound-service-account and --bound-namespace.",
        );
      const attempt = await logIn(read, proven, other, tokens);
      if ("error" in attempt)
        return attempt.error.kind === kinds.vaultDenied ? pass(`${other.namespace}/${other.name}`) : notProven(attempt.error);
      await read.vault.revoke(attempt.login.token);
      return fail(`${other.namespace}/${other.name} could log in as ${role}`, (line) => `Bind exact names: ${line("role")}`);
    },
  };
}

interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** The account that the proofs log in as. */
export const accountOf = ({ namespaces, serviceAccounts }: LoginSpec): Account => ({
  namespace: namespaces[0] ?? "",
  name: serviceAccounts[0] ?? "",
});
const account = (login: LoginSpec): string => `${accountOf(login).namespace}/${accountOf(login).name}`;

// Accounts that every cluster has.
const everywhere: readonly Account[] = [
  { namespace: "default", name: "default" },
  { namespace: "kube-system", name: "default" },
];

/** Accounts that the role does not bind: of another namespace, and another one of the bound namespace. */
export function unboundAccounts({ namespaces, serviceAccounts }: LoginSpec): readonly Account[] {
  const fits = (patterns: readonly string[], name: string): boolean =>
    patterns.some((pattern) => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(name));
  const [elsewhere] = everywhere.filter(({ namespace, name }) => !(fits(namespaces, namespace) && fits(serviceAccounts, name)));
  const beside = { namespace: namespaces[0] ?? "", name: "default" };
  const near = beside.namespace.includes("*") || fits(serviceAccounts, beside.name) ? [] : [beside];
  return [...(elsewhere === undefined ? [] : [elsewhere]), ...near];
}

const tokenOf = (who: Account | undefined): KubeNeed[] =>
  who === undefined ? [] : onSubresource({ apiVersion: "v1", kind: "ServiceAccount", ...who }, "token", ["create"]);

type Attempt = { readonly login: VaultLogin } | { readonly error: CliError };

async function logIn(read: Readers, { authMount, login }: ProvenLogin, who: Account, tokens: AccountTokens): Promise<Attempt> {
  const jwt = await tokens.take(read, who);
  try {
    return { login: await read.vault.login(authMount, login.role, jwt) };
  } catch (error) {
    if (error instanceof CliError) return { error };
    throw error;
  }
}

function withLogin(read: Readers, proven: ProvenLogin, logins: Logins, use: (login: VaultLogin) => Promise<Found>): Promise<Found> {
  return logins.during(
    read,
    (attempt) => ("error" in attempt ? Promise.resolve(refused(attempt.error, proven)) : use(attempt.login)),
    async (attempt) => ("error" in attempt ? undefined : await read.vault.revoke(attempt.login.token)),
  );
}

function refused(error: CliError, { authMount }: ProvenLogin): Found {
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
