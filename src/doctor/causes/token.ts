import { byHand, kubectl, type Cause, type CommandLines, type Match } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import type { Account } from "../../consumers/diagnosis/login-plan.ts";
import { valueOf } from "../../core/fact.ts";
import { bareLogin, logged, refusal, saidToLogin, usedLogin } from "../../consumers/diagnosis/look.ts";
import { hasMount, mountMend } from "./mount.ts";
import { lacksOperator } from "./operator.ts";
import { loginMend } from "./store-mend.ts";

const when = (seconds: number | undefined): string =>
  seconds === undefined ? "a time that it does not say" : new Date(seconds * 1000).toISOString();

/** The Secret from which the login's token comes, where it does. */
const secretOf = (evidence: Evidence): string | undefined => {
  const secret = usedLogin(evidence).plan.tokenSecret;
  return secret && `Secret ${secret.namespace}/${secret.name}`;
};

const early = /not before|token not yet valid|issued in the future/;
const expired = /token is expired|expiration time/;
/** More than Vault's leeway of a minute. */
const tooFarMs = 60_000;

export const token: readonly Cause[] = [
  {
    code: "VD30",
    title: "Vault checks the issuer of tokens, and expects another",
    match: (evidence, commandLines) => {
      const said = saidToLogin(evidence, /invalid issuer|claim "iss"/);
      if (said === undefined) return undefined;
      return {
        sure: "certain",
        evidence: [
          `Vault says to the login: ${said}`,
          `auth/${evidence.asked.mount}/config: disable_iss_validation=${String(!(valueOf(evidence.config)?.checksIssuer ?? true))}, issuer=${valueOf(evidence.config)?.issuer || "(none)"}`,
        ],
        mend: mountMend(evidence, commandLines, "auth"),
      };
    },
  },
  {
    code: "VD31",
    title: "Vault checks signatures with keys that are not this cluster's",
    match: (evidence, commandLines) => {
      const keys = valueOf(evidence.config)?.pemKeys ?? 0;
      const line = logged(evidence, /verifying token signature|no known key/);
      if (!hasMount(evidence) || (line === undefined && (keys === 0 || bareLogin(evidence) === undefined || evidence.log.kind === "heard")))
        return undefined;
      return {
        sure: line === undefined ? "likely" : "certain",
        evidence: [
          ...(line === undefined ? [] : [`Vault's log: ${line}`]),
          `auth/${evidence.asked.mount}/config holds ${keys} pem_keys of its own`,
        ],
        mend: mountMend(evidence, commandLines, "auth"),
      };
    },
  },
  {
    code: "VD32",
    title: "The clocks of Vault and of the API server differ",
    match: (evidence) => {
      // The login that the settings want is made with a token of this moment.
      const said = refusal(evidence.login, new RegExp(`${early.source}|${expired.source}`));
      const ahead = valueOf(evidence.vaultAheadMs) ?? 0;
      if (said === undefined && !(Math.abs(ahead) > tooFarMs && bareLogin(evidence) !== undefined)) return undefined;
      const measured = `Vault's clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead < 0 ? "behind" : "ahead of"} the API server's`;
      return {
        sure: said !== undefined && Math.abs(ahead) > 2_000 ? "certain" : "likely",
        evidence: [...(said === undefined ? [] : [`Vault says to a token that was made just now: ${said}`]), measured],
        mend: byHand("timedatectl set-ntp true", "To be typed on the machine whose clock is wrong."),
      };
    },
  },
  {
    code: "VD33",
    title: "The token that the store logs in with has expired",
    match: (evidence, commandLines) => badTime(evidence, commandLines, expired, ({ exp }) => `ended ${when(exp)}`),
  },
  {
    code: "VD34",
    title: "The token that the store logs in with is not valid yet",
    match: (evidence, commandLines) => badTime(evidence, commandLines, early, ({ nbf, iat }) => `begins ${when(nbf ?? iat)}`),
  },
  {
    code: "VD35",
    title: "The service account was deleted and made again after its token was issued",
    match: (evidence, commandLines) => tokenOutlived(evidence, commandLines) ?? podsOutlived(evidence),
  },
  {
    code: "VD36",
    title: "The service account that logs in does not exist",
    match: (evidence) => {
      const { plan, result } = evidence.login;
      if (result.kind !== "no-token" || !result.missing || plan.account === undefined) return undefined;
      const { namespace, name } = plan.account;
      // The operator's chart brings it.
      if (namespace === evidence.asked.operatorNamespace && lacksOperator(evidence) !== undefined) return undefined;
      const restart = restartOf(evidence, plan.account);
      return {
        sure: "certain",
        evidence: [`Kubernetes has no ServiceAccount ${namespace}/${name}`],
        mend: byHand(
          [kubectl(evidence, `create serviceaccount ${name} -n ${namespace}`), ...(restart === undefined ? [] : [restart])].join(" && "),
          "Tokens of the old account stay worthless, so its pods are started anew. If Helm made it, a later helm upgrade wants it labelled and annotated as its own; helm upgrade --reuse-values makes it too.",
        ),
      };
    },
  },
];

/** The store logs in with a token out of a Secret that is of the account before. */
function tokenOutlived(evidence: Evidence, commandLines: CommandLines): Match | undefined {
  const { claims, result } = usedLogin(evidence);
  const secret = secretOf(evidence);
  // Any other token is asked for at the moment of the login, and is of the account that is there.
  if (result.kind !== "refused" || secret === undefined) return undefined;
  const account = valueOf(evidence.account);
  const older =
    claims?.uid !== undefined &&
    account !== undefined &&
    claims.account?.name === evidence.asked.account.name &&
    claims.uid !== account.uid;
  const line = logged(evidence, /UID \(.*\) does not match|UIDs did not match|names did not match/);
  if (!older && line === undefined) return undefined;
  const seen = older ? [`the token in ${secret} is of uid ${claims.uid ?? ""}; the account has uid ${account.uid}`] : [];
  return {
    sure: "certain",
    evidence: [...(line === undefined ? [] : [`Vault's log: ${line}`]), ...seen],
    mend: loginMend(evidence, commandLines),
  };
}

/** A pod keeps its token for up to 80 % of an hour; https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken. */
const keptMs = 60 * 60_000;
/** The API server takes a token for ten seconds more after its account is gone. */
const takenMs = 15_000;

/** The operator's pods run since before the account was made: nothing that they ask the API server is answered, so nothing shows in the cluster. */
function podsOutlived(evidence: Evidence): Match | undefined {
  const { asked } = evidence;
  const account = valueOf(evidence.account);
  if (account === undefined || asked.account.namespace !== asked.operatorNamespace || account.ageMs > keptMs) return undefined;
  const older = (valueOf(evidence.operatorPods) ?? []).filter(
    (pod) => pod.account === asked.account.name && pod.createdMs < account.createdMs,
  );
  const restart = restartOf(evidence, asked.account);
  const heard = valueOf(evidence.store)?.heardMs ?? 0;
  if (older.length === 0 || restart === undefined || heard > account.createdMs + takenMs) return undefined;
  return {
    sure: "likely",
    evidence: [
      `ServiceAccount ${asked.account.namespace}/${asked.account.name} was made at ${when(account.createdMs / 1000)}; ${older.length} pods run as it since before: their tokens are of the account before it`,
      "the operator has said nothing since",
    ],
    mend: byHand(restart, "The operator's pods then get tokens of the account that is there; by themselves they get them within the hour."),
  };
}

/** Starts the operator's pods that run as an account anew; undefined where there are none. */
function restartOf(evidence: Evidence, { namespace, name }: Account): string | undefined {
  if (namespace !== evidence.asked.operatorNamespace) return undefined;
  const names = (valueOf(evidence.deployments) ?? []).filter(({ account }) => account === name).map((deployment) => deployment.name);
  return names.length === 0 ? undefined : kubectl(evidence, `rollout restart deployment ${names.join(" ")} -n ${namespace}`);
}

function badTime(
  evidence: Evidence,
  commandLines: CommandLines,
  words: RegExp,
  seen: (claims: NonNullable<Evidence["login"]["claims"]>) => string,
): Match | undefined {
  const { claims } = usedLogin(evidence);
  const said = refusal(usedLogin(evidence), words);
  const secret = secretOf(evidence);
  if (said === undefined || claims === undefined || secret === undefined) return undefined;
  return {
    sure: "certain",
    evidence: [`Vault says to the login: ${said}`, `the token in ${secret} ${seen(claims)}`],
    mend: loginMend(evidence, commandLines),
  };
}
