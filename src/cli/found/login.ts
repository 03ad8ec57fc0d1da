import { isKnown } from "../../core/fact.ts";
import { kindOf } from "../../consumers/kinds.ts";
import type { Wired } from "../../consumers/facts/wired.ts";
import type { Account } from "../../consumers/diagnosis/login-plan.ts";
import type { RoleSeen } from "../../doctor/facts/auth.ts";
import type { InVault, LoginThere } from "../../doctor/facts/in-vault.ts";
import { loginsOf, type NamedLogin } from "./consumer.ts";
import { oneOf, type Choose, type Given, type Option } from "./choose.ts";
import type { Tally } from "./tally.ts";

interface Asking {
  readonly given: Given;
  readonly choose: Choose;
  readonly tally: Tally;
}

/** The auth mount of this cluster: of several the one that objects of the operator name. Undefined where there is none. */
export async function mountFrom(
  vault: InVault,
  consumer: Wired | undefined,
  { given, choose, tally }: Asking,
): Promise<LoginThere | undefined> {
  const all = vault.logins.filter(({ mount }) => !given.isSaid("authMount") || mount === given.settings.authMount);
  const logins = consumer === undefined ? [] : loginsOf(consumer);
  const byOf = (login: LoginThere): string | undefined => logins.find(({ mount }) => mount === login.mount)?.by;
  const named = all.filter((login) => byOf(login) !== undefined);
  const asked = named.length > 0 ? named : all;
  const options = asked.map((login): Option => {
    const by = byOf(login);
    return {
      name: `auth/${login.mount}`,
      settings: {
        authMount: login.mount,
        ...(!vault.isHere && !login.hostIsOurs && login.host !== undefined && { kubernetesHost: login.host }),
      },
      because: `auth/${login.mount}: ${login.because}${by === undefined ? "" : `, and ${by} names it`}`,
    };
  });
  const about = "Which auth mount is this cluster's?";
  const chosen = await oneOf({ about, explain: "Each points to this cluster.", fields: ["authMount"], options }, choose);
  if (vault.unread.length > 0)
    tally.note(
      `The configuration of ${vault.unread.map((path) => `auth/${path}`).join(", ")} may not be read: whether it is this cluster's is not known.`,
    );
  if (chosen === undefined) return undefined;
  tally.add(chosen);
  for (const { mount, because } of all.filter((login) => !asked.includes(login)))
    tally.note(`auth/${mount} is this cluster's too (${because}), and no object here names it.`);
  return asked[options.indexOf(chosen)];
}

/** The role by which the operator logs in, and the account. */
export interface RoleFound {
  readonly role: RoleSeen;
  readonly account: Account | undefined;
}

/** The role: the one that objects name, else one that binds the operator's account, else any. Undefined where there is none, or roles may not be read. */
export async function roleFrom(
  login: LoginThere,
  consumer: Wired | undefined,
  { given, choose, tally }: Asking,
): Promise<RoleFound | undefined> {
  if (!isKnown(login.roles)) {
    tally.note(`The roles of auth/${login.mount} may not be read: ${login.roles.unknown}`);
    return undefined;
  }
  const all = login.roles.value.filter(({ name }) => !given.isSaid("roleName") || name === given.settings.roleName.toLowerCase());
  const named = consumer === undefined ? [] : loginsOf(consumer).filter(({ mount }) => mount === login.mount);
  const by = (role: RoleSeen): NamedLogin | undefined => named.find((one) => one.role.toLowerCase() === role.name);
  const asked =
    [all.filter((role) => by(role) !== undefined), all.filter((role) => binds(role, consumer)), all].find((some) => some.length > 0) ?? [];
  const options = asked.map((role) => optionFor(login, role, by(role), consumer));
  const about = `Which role of auth/${login.mount} does the operator log in with?`;
  const chosen = await oneOf({ about, explain: "bootstrap keeps one role.", fields: ["roleName"], options }, choose);
  const role = chosen && asked[options.indexOf(chosen)];
  if (chosen === undefined || role === undefined) return undefined;
  tally.add(chosen);
  return { role, account: by(role)?.account };
}

const binds = ({ names, namespaces }: RoleSeen, consumer: Wired | undefined): boolean =>
  consumer?.operator !== undefined &&
  [consumer.operator.serviceAccount, "*"].some((name) => names.includes(name)) &&
  [consumer.operator.namespace, "*"].some((name) => namespaces.includes(name));

function optionFor({ mount }: LoginThere, role: RoleSeen, by: NamedLogin | undefined, consumer: Wired | undefined): Option {
  const kind = consumer && kindOf(consumer);
  const account = by?.account ?? (consumer?.operator && { namespace: consumer.operator.namespace, name: consumer.operator.serviceAccount });
  // A store logs in as one account, which a pattern does not name.
  const needsOne = kind?.objects?.stores !== undefined && account !== undefined;
  const bound = (all: readonly string[], own: string | undefined): readonly string[] =>
    needsOne && own !== undefined
      ? all.includes("*")
        ? [own]
        : [...all.filter((one) => one === own), ...all.filter((one) => one !== own)]
      : all;
  const any = needsOne && [...role.names, ...role.namespaces].includes("*");
  return {
    name: role.name,
    settings: {
      roleName: role.name,
      boundServiceAccounts: bound(role.names, account?.name),
      boundNamespaces: bound(role.namespaces, account?.namespace),
      ...(role.policies.length > 0 && { rolePolicies: role.policies }),
      ...(kind?.asksForAudience === true && { audience: role.audience }),
      ...lifetimes(role),
    },
    because: `auth/${mount}/role/${role.name}${by === undefined ? "" : `, which ${by.by} names`}`,
    ...(any && { loses: `it binds any account or namespace; bootstrap would bind ${account.namespace}/${account.name} alone` }),
  };
}

/** What the role says of its tokens; Vault's own defaults are left to it to say. */
function lifetimes({ ttlSeconds, maxTtlSeconds }: RoleSeen): { tokenTtl?: string; tokenMaxTtl?: string } {
  return {
    ...(ttlSeconds > 0 && { tokenTtl: `${ttlSeconds}s` }),
    ...((ttlSeconds > 0 || maxTtlSeconds > 0) && { tokenMaxTtl: `${maxTtlSeconds}s` }),
  };
}
