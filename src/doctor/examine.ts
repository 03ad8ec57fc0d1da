import { kinds } from "../errors.ts";
import { failing } from "./causes/external.ts";
import { causes } from "./causes/index.ts";
import type { Diagnosis, CommandLines } from "../consumers/diagnosis/cause.ts";
import type { Evidence, LoginFact } from "../consumers/diagnosis/evidence.ts";
import { isKnown, valueOf, type Fact } from "../core/fact.ts";
import { heard, ownRead, short, storeFails } from "../consumers/diagnosis/look.ts";

/** What the evidence says. */
export interface Findings {
  /** Certain ones first, then in the order in which a login goes. */
  readonly causes: readonly Diagnosis[];
  /** What does not work, as a user would see it; without it, and without a cause, all is well. */
  readonly symptoms: readonly string[];
  /** What the operator itself says of what fails first, where it says anything. */
  readonly said: string | undefined;
  /** What was looked at, and how it was. */
  readonly seen: readonly string[];
  /** What could not be looked at, and why. */
  readonly unseen: readonly string[];
  /** Vault may not be asked with the token that there is, or there is none. */
  readonly refused: boolean;
}

/** Reads the evidence; asks nothing. What fits no cause stays without one. */
export function examine(evidence: Evidence, commandLines: CommandLines): Findings {
  const found = causes.flatMap((cause): Diagnosis[] => {
    const match = cause.match(evidence, commandLines);
    return match === undefined ? [] : [{ code: cause.code, title: cause.title, aside: cause.aside, ...match }];
  });
  return {
    causes: ranked(found),
    symptoms: symptoms(evidence),
    said: said(evidence),
    seen: seen(evidence),
    unseen: unseen(evidence),
    refused: refused(evidence),
  };
}

const refusals: readonly string[] = [kinds.vaultDenied, kinds.vaultBadToken, kinds.vaultNoToken].map(({ code }) => code);
const refused = ({ vault }: Evidence): boolean => !isKnown(vault) && refusals.includes(vault.error?.kind.code ?? "");

const ranked = (found: readonly Diagnosis[]): Diagnosis[] => [
  ...found.filter(({ sure }) => sure === "certain"),
  ...found.filter(({ sure }) => sure === "likely"),
];

function symptoms(evidence: Evidence): string[] {
  const { asked, login, storeLogin } = evidence;
  const store = valueOf(evidence.store);
  const denied = ownRead(evidence, login);
  return [
    ...(!isKnown(evidence.vault) && evidence.vault.error?.kind !== kinds.vaultDenied
      ? [`Vault cannot be asked: ${evidence.vault.unknown}`]
      : []),
    ...loginFails(login, `a login as ${asked.account.namespace}/${asked.account.name} at auth/${asked.mount}`),
    ...(storeLogin === undefined || storeLogin === login ? [] : loginFails(storeLogin, "a login as the store makes it")),
    ...(denied?.kind === "denied" ? [`the login may not read ${denied.path}: ${denied.words}`] : []),
    ...(storeFails(evidence)
      ? [
          `${asked.store?.kind ?? ""} ${asked.store?.name ?? ""} is not Ready: ${short(store?.events[0]?.message ?? store?.ready?.message ?? "the operator has not looked at it")}`,
        ]
      : []),
    ...(valueOf(evidence.externals) ?? []).flatMap(({ namespace, name, ready, events }) =>
      ready?.status === "True"
        ? []
        : [
            `ExternalSecret ${namespace}/${name} is not synced: ${short(events[0]?.message ?? ready?.message ?? "the operator has not looked at it")}`,
          ],
    ),
  ];
}

/** Its events say more than its conditions. */
function said(evidence: Evidence): string | undefined {
  const [external] = failing(evidence);
  const store = storeFails(evidence) ? valueOf(evidence.store) : undefined;
  const words = [external?.events[0], external?.ready, store?.events[0], store?.ready].map((one) => one?.message ?? "").find(Boolean);
  return words === undefined ? undefined : short(words);
}

function loginFails({ result }: LoginFact, what: string): string[] {
  if (result.kind === "in") return [];
  return [`${what} ${result.kind === "refused" ? "is refused" : "cannot be made"}: ${short(result.words)}`];
}

function seen(evidence: Evidence): string[] {
  const { asked, reviewer, log, podView, vaultAheadMs } = evidence;
  const review = valueOf(evidence.review);
  const config = valueOf(evidence.config);
  return [
    ...ifKnown(evidence.nodes, (nodes) => `Vault nodes: ${nodes.map(({ name, state }) => `${name} ${state}`).join(", ")}`),
    ...ifKnown(
      evidence.mount,
      (mount) =>
        `auth/${asked.mount}: ${mount === undefined ? "not enabled" : `${mount.type}, ${mount.ownership === "ours" ? "this cluster's" : mount.ownership}`}`,
    ),
    ...(config === undefined ? [] : [`its config: kubernetes_host ${config.host}`]),
    ...ifKnown(
      evidence.role,
      (role) =>
        `role ${asked.role}: ${role === undefined ? "not there" : `binds ${role.names.join(", ")} in ${role.namespaces.join(", ")}, audience ${role.audience || "(none)"}, policies ${role.policies.join(", ")}`}`,
    ),
    ...ifKnown(
      reviewer.mayReview,
      (may) => `reviewer ${asked.reviewer.namespace}/${asked.reviewer.name}: ${may ? "may" : "may not"} review tokens`,
    ),
    ...(review === undefined
      ? []
      : [
          `a review from here at ${review.host}${review.dialled === undefined ? "" : ` (dialled ${review.dialled})`}: ${review.result.kind === "authenticated" ? "the token is taken" : review.result.reason}`,
        ]),
    ...(podView === undefined ? [] : [`a pod in Vault's namespace: ${podView.kind}: ${short(podView.words)}`]),
    ...ifKnown(
      evidence.login.result.kind === "in" ? { value: evidence.login.result.policies } : { unknown: "" },
      (policies) => `login: works, policies ${policies.join(", ")}`,
    ),
    ...heard(evidence).map((line) => `Vault's log: ${short(line)}`),
    ...(log.kind === "heard" && log.lines.length === 0 ? ["Vault's log: nothing of this login"] : []),
    ...ifKnown(vaultAheadMs, (ms) => `clocks: ${(Math.abs(ms) / 1000).toFixed(0)} s apart`),
    ...ifKnown(
      evidence.engine,
      (engine) => `${asked.kvMount}/: ${engine === undefined ? "not mounted" : `${engine.type} version ${engine.version}`}`,
    ),
    ...ifKnown(
      evidence.deployments,
      (all) => `operator: ${all.map(({ name, wanted, available }) => `${name} ${available}/${wanted}`).join(", ") || "no deployments"}`,
    ),
    ...ifKnown(evidence.store, (store) =>
      store === undefined
        ? "store: not there"
        : `store: server ${store.server}, path ${store.path}, ${store.ready?.status === "True" ? "Ready" : "not Ready"}`,
    ),
    ...ifKnown(
      evidence.externals,
      (all) => `ExternalSecrets: ${all.filter(({ ready }) => ready?.status === "True").length} of ${all.length} synced`,
    ),
  ];
}

const ifKnown = <T>(one: Fact<T>, line: (value: T) => string): string[] => (isKnown(one) ? [line(one.value)] : []);

function unseen({
  nodes,
  mount,
  config,
  role,
  policies,
  engine,
  reviewer,
  review,
  consumerAddress,
  deployments,
  store,
  externals,
  log,
}: Evidence): string[] {
  const asked: Readonly<Record<string, Fact<unknown>>> = {
    "Vault's nodes": nodes,
    "the auth method": mount,
    "its config": config,
    "the role": role,
    "the policies": policies,
    "the engine": engine,
    "the reviewer's rights": reviewer.mayReview,
    "the reviewer's Secret": reviewer.secret,
    "a review from here": review,
    "the address for pods": consumerAddress,
    "the operator": deployments,
    "the store": store,
    "the ExternalSecrets": externals,
  };
  const lines = Object.entries(asked).flatMap(([what, one]) => (isKnown(one) ? [] : [`${what}: ${short(one.unknown)}`]));
  return log.kind === "denied" || log.kind === "not-heard"
    ? [...lines, `Vault's log (sys/monitor): ${log.kind === "denied" ? "the token may not read it" : short(log.reason)}`]
    : lines;
}
