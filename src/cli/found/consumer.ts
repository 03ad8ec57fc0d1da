import { kindOf } from "../../consumers/kinds.ts";
import type { Wired } from "../../consumers/facts/wired.ts";
import type { Account } from "../../consumers/diagnosis/login-plan.ts";
import { nameOf } from "../../consumers/external-secrets.ts";
import type { InCluster } from "../../doctor/facts/in-cluster.ts";
import { oneOf, type Choose, type Given, type Option } from "./choose.ts";
import type { Tally } from "./tally.ts";

/** A login that an object of an operator names. */
export interface NamedLogin {
  readonly mount: string;
  readonly role: string;
  /** As whom; undefined where the operator logs in as itself. */
  readonly account: Account | undefined;
  /** The object, in words. */
  readonly by: string;
}

/** All logins that the objects of an operator name. */
export function loginsOf({ kind, operator, stores, externals }: Wired): NamedLogin[] {
  const { objects } = kindOf({ kind });
  const ofStores = stores.map(({ kind: of, name, login }) => ({
    mount: login.mount,
    role: login.role,
    account: login.account,
    by: `${of} ${name}`,
  }));
  const ofExternals = externals.flatMap((one): NamedLogin[] => {
    const login = objects?.loginOf?.(one, operator?.env ?? {});
    return login === undefined ? [] : [{ ...login, account: undefined, by: `ExternalSecret ${nameOf(one)}` }];
  });
  return [...ofStores, ...ofExternals];
}

/** The operator whose objects log in at one of the mounts, else the one that is there. Undefined where there is none. */
export async function consumerFrom(
  { wired }: InCluster,
  mounts: readonly string[],
  { given, choose, tally }: { readonly given: Given; readonly choose: Choose; readonly tally: Tally },
): Promise<Wired | undefined> {
  const { settings, isSaid } = given;
  const fits = wired.filter(
    ({ kind, operator }) =>
      (!isSaid("operator") || kind === settings.operator) &&
      (!isSaid("operatorNamespace") || operator === undefined || operator.namespace === settings.operatorNamespace),
  );
  const using = fits.filter((one) => loginsOf(one).some(({ mount }) => mounts.includes(mount)));
  const asked = using.length > 0 ? using : fits;
  const options = asked.map(optionFor);
  const question = {
    about: "Which operator brings the secrets?",
    explain: "The role, the store and the ExternalSecrets are those of one operator.",
    fields: ["operator", "operatorNamespace"] as const,
    options,
  };
  const chosen = await oneOf(question, choose);
  if (chosen === undefined) return undefined;
  tally.add(chosen);
  return asked[options.indexOf(chosen)];
}

function optionFor({ kind, operator }: Wired): Option {
  const { words, install } = kindOf({ kind });
  if (operator === undefined) return { name: words.title, settings: { operator: kind }, because: `objects of ${words.title} are there` };
  const { namespace, serviceAccount, release } = operator;
  return {
    name: `${words.title} in namespace ${namespace}`,
    settings: {
      operator: kind,
      operatorNamespace: namespace,
      operatorServiceAccount: serviceAccount,
      ...(release !== undefined && release !== install.release && { operatorRelease: release }),
    },
    because: `a deployment of ${words.title} runs in namespace ${namespace} as account ${serviceAccount}`,
  };
}
