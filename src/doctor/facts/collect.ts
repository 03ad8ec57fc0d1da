import type { ApiServerSpec } from "../../config/spec/wiring.ts";
import type { Readers } from "../../systems/world.ts";
import { reviewAddress } from "../../wiring/auth/kubernetes-host.ts";
import { accountFact, operatorPodFacts } from "../../consumers/facts/account.ts";
import { deploymentsIn } from "../../consumers/facts/deployments.ts";
import { externalFacts } from "../../consumers/facts/externals.ts";
import { servedVersions } from "../../consumers/facts/served.ts";
import { storeFact } from "../../consumers/facts/store.ts";
import { operatorRuns } from "../../consumers/operator-ready.ts";
import { mark } from "../../kubernetes/ownership.ts";
import type { Asked, Evidence, LogFact, LoginFact } from "../../consumers/diagnosis/evidence.ts";
import type { LoginPlan } from "../../consumers/diagnosis/login-plan.ts";
import { fact, notAsked, ifKnown, valueOf, type Fact } from "../../core/fact.ts";
import { apiPath } from "../../consumers/diagnosis/kv-path.ts";
import { probePath } from "../../systems/probe-path.ts";
import { isBare } from "../../consumers/diagnosis/look.ts";
import { askLog, tokenFor, tryLogin, wantedLogin } from "./login.ts";
import { podView } from "./pod-view.ts";
import { clusterCa, reviewFact, reviewerSeen } from "./reviewer.ts";
import { configFact, mountFact, roleFact } from "./auth.ts";
import { withDeletions } from "./deleted.ts";
import { keptTokenFact } from "./kept-token.ts";
import { nodeFacts } from "./nodes.ts";
import { podlessFact, revisionFact } from "./pods.ts";
import { clockFact, engineFact, policyTexts, reachVault } from "./vault.ts";

/** What is looked at: names, and what says where Vault reaches the API server. */
export interface CollectWhat {
  readonly asked: Asked;
  readonly host: ApiServerSpec;
  readonly release: string;
}

export interface CollectOptions {
  /** Run a pod in Vault's namespace. */
  readonly probePod: boolean;
  readonly image: string | undefined;
}

/** Asks everything at once that does not rest on another answer. It only reads; logins are revoked. */
export async function collect(read: Readers, { asked, host, release }: CollectWhat, options: CollectOptions): Promise<Evidence> {
  const [vault, mount, nodes] = [fact(() => reachVault(read)), fact(() => mountFact(read, asked)), fact(() => nodeFacts(read))];
  const [config, role, store, externals] = [
    fact(() => configFact(read.vault, asked.mount)),
    fact(() => roleFact(read.vault, asked.mount, asked.role)),
    fact(() => storeFact(read, asked)),
    fact(() => externalFacts(read, asked)),
  ];
  const place = { namespace: asked.installNamespace, release };
  const [revisions, podless] = [fact(() => revisionFact(read, place)), fact(() => podlessFact(read, place))];
  const keptToken = fact(() => keptTokenFact(read));
  const reviewer = mount.then((known) => reviewerSeen(read, asked, release, known));
  const ca = fact(() => clusterCa(read, asked.account));
  const settled = {
    asked,
    vault: await vault,
    nodes: await nodes,
    revisions: await revisions,
    podless: await podless,
    keptToken: await keptToken,
    mount: await mount,
    config: await config,
    role: await role,
    store: await store,
    externals: await externals,
  };
  const [rest, operator, logins] = await Promise.all([others(read, asked), ofOperator(read, asked), loginFacts(read, settled)]);
  const review = await reviewed(read, {
    config: settled.config,
    plan: logins.plan,
    token: logins.token,
    // Who logs in may be the one that reviews.
    reviewerToken: asked.reviewer.isClient ? logins.token : (await reviewer).token,
    ca: valueOf(await ca) ?? (await reviewer).clusterCa,
  });
  const view =
    options.probePod && read.vaultKube !== undefined && valueOf(settled.config) !== undefined
      ? await podView(read.vaultKube, { namespace: asked.installNamespace, release, image: options.image }, valueOf(settled.config)!)
      : undefined;
  return {
    ...settled,
    ...rest,
    ...operator,
    reviewer: (await reviewer).facts,
    review,
    login: logins.login,
    storeLogin: logins.storeLogin,
    log: logins.log,
    podView: view,
    wantedHost: await fact(async () => (await reviewAddress(read, host, (await reviewer).clusterCa ?? "")).host),
  };
}

async function others(read: Readers, asked: Asked) {
  const [policies, engine, vaultAheadMs, consumerAddress, consumerCa, ownMark] = await Promise.all([
    fact(() => policyTexts(read, asked)),
    fact(() => engineFact(read, asked)),
    clockFact(read),
    fact(() => read.where.consumerAddress()),
    fact(() => read.where.consumerCa()),
    fact(async () => mark(await read.kube.clusterUid())),
  ]);
  return { policies, engine, vaultAheadMs, consumerAddress, consumerCa, mark: ownMark };
}

async function ofOperator(read: Readers, asked: Asked) {
  const { install, objects } = asked.consumer;
  const [account, served, runs, deployments, operatorPods] = await Promise.all([
    fact(() => accountFact(read, asked)),
    objects === undefined ? notAsked("it has no objects") : fact(async () => (await servedVersions(read, objects)) !== undefined),
    fact(() => operatorRuns(read, install.chart)),
    fact(() => deploymentsIn(read, asked.operatorNamespace, install.deployments)),
    fact(() => operatorPodFacts(read, asked)),
  ]);
  return { account, served, runs, deployments, operatorPods };
}

type Known = Pick<Evidence, "asked" | "mount" | "store" | "externals" | "vault">;

interface Logins {
  readonly login: LoginFact;
  readonly storeLogin: LoginFact | undefined;
  readonly log: LogFact;
  /** The login that consumers make, and its token. */
  readonly plan: LoginPlan;
  readonly token: string | undefined;
}

async function loginFacts(read: Readers, known: Known): Promise<Logins> {
  const { asked } = known;
  const wanted = await wantedLogin(read, asked);
  const store = valueOf(known.store);
  const own = store?.login === undefined || samePlan(store.login, wanted) ? undefined : store.login;
  const [token, ownToken] = await Promise.all([tokenFor(read, wanted), own === undefined ? undefined : tokenFor(read, own)]);
  const paths = (mount: string) => [
    probePath(asked.kvMount, asked.kvPrefix),
    ...new Set((valueOf(known.externals) ?? []).flatMap(({ keys }) => keys.map(({ path }) => apiPath(mount, path)))),
  ];
  const tried = async (by: LoginPlan, jwt: Fact<string | undefined>): Promise<LoginFact> => {
    const all = paths(store?.path || asked.kvMount);
    return withDeletions(read.vault, await tryLogin(read, by, jwt, all), all[0]!);
  };
  const [login, ownLogin] = await Promise.all([
    tried(wanted, token),
    own === undefined || ownToken === undefined ? undefined : tried(own, ownToken),
  ]);
  const [plan, used] = own === undefined ? [wanted, token] : [own, ownToken ?? token];
  const bare = isBare(login) ? { refused: login, token: valueOf(token) } : { refused: ownLogin, token: valueOf(ownToken ?? token) };
  return {
    login,
    storeLogin: own === undefined ? store?.login && login : ownLogin,
    log: await logOf(read, known, bare),
    plan,
    token: valueOf(used),
  };
}

/** Vault's log is asked only where Vault does not say its reason itself. */
async function logOf(
  read: Readers,
  known: Known,
  { refused, token }: { refused: LoginFact | undefined; token: string | undefined },
): Promise<LogFact> {
  if (refused === undefined || !isBare(refused) || token === undefined)
    return { kind: "not-asked", reason: "no login is refused without a reason" };
  return askLog(read, refused.plan, token, valueOf(known.mount));
}

const samePlan = (one: LoginPlan, other: LoginPlan): boolean => JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
const inOrder = ({ mount, role, audiences, account, tokenSecret }: LoginPlan) => [
  mount,
  role.toLowerCase(),
  [...audiences].sort(),
  account?.namespace,
  account?.name,
  tokenSecret,
];

interface Reviewing {
  readonly config: Evidence["config"];
  readonly plan: LoginPlan;
  readonly token: string | undefined;
  readonly reviewerToken: string | undefined;
  readonly ca: string | undefined;
}

async function reviewed(read: Readers, { config, plan, token, reviewerToken, ca }: Reviewing): Promise<Evidence["review"]> {
  return ifKnown(config, async (found): Promise<Fact<Awaited<ReturnType<typeof reviewFact>>>> => {
    if (found === undefined || found.host === "") return notAsked("the auth method is not configured");
    if (token === undefined) return notAsked("there is no token to review");
    // Without a token of the reviewer there is still the handshake, which tells of address and CA.
    return fact(() =>
      reviewFact(read, { config: found, reviewerToken: reviewerToken ?? "none", token, audiences: plan.audiences, clusterCa: ca }),
    );
  });
}
