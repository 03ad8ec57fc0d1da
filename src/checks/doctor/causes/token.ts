import { byHand, kubectl, type Cause, type Match } from "../diagnosis.ts";
import type { Evidence } from "../evidence.ts";
import { valueOf } from "../fact.ts";
import { bareLogin, logged, refusal, saidToLogin, usedLogin } from "../look.ts";
import { hasMount, mountMend } from "./mount.ts";
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
    match: (evidence, hands) => {
      const said = saidToLogin(evidence, /invalid issuer|claim "iss"/);
      if (said === undefined) return undefined;
      return {
        sure: "certain",
        evidence: [
          `Vault says to the login: ${said}`,
          `auth/${evidence.asked.mount}/config: disable_iss_validation=${String(!(valueOf(evidence.config)?.checksIssuer ?? true))}, issuer=${valueOf(evidence.config)?.issuer || "(none)"}`,
        ],
        mend: mountMend(evidence, hands, "auth"),
      };
    },
  },
  {
    code: "VD31",
    title: "Vault checks signatures with keys that are not this cluster's",
    match: (evidence, hands) => {
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
        mend: mountMend(evidence, hands, "auth"),
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
    match: (evidence, hands) => badTime(evidence, hands, expired, ({ exp }) => `ended ${when(exp)}`),
  },
  {
    code: "VD34",
    title: "The token that the store logs in with is not valid yet",
    match: (evidence, hands) => badTime(evidence, hands, early, ({ nbf, iat }) => `begins ${when(nbf ?? iat)}`),
  },
  {
    code: "VD35",
    title: "The service account was deleted and made again after its token was issued",
    match: (evidence, hands) => {
      const { claims } = usedLogin(evidence);
      const account = valueOf(evidence.account);
      const older =
        claims?.uid !== undefined &&
        account !== undefined &&
        claims.account?.name === evidence.asked.account.name &&
        claims.uid !== account.uid;
      const line = logged(evidence, /UID \(.*\) does not match|UIDs did not match|names did not match/);
      if (usedLogin(evidence).result.kind !== "refused" || (!older && line === undefined)) return undefined;
      const seen = older
        ? [`the token in ${secretOf(evidence) ?? "use"} is of uid ${claims.uid ?? ""}; the account has uid ${account?.uid ?? ""}`]
        : [];
      return {
        sure: "certain",
        evidence: [...(line === undefined ? [] : [`Vault's log: ${line}`]), ...seen],
        mend: secretOf(evidence) === undefined ? restart(evidence) : loginMend(evidence, hands),
      };
    },
  },
  {
    code: "VD36",
    title: "The service account that logs in does not exist",
    match: (evidence) => {
      const { plan, result } = evidence.login;
      if (result.kind !== "no-token" || !result.missing || plan.account === undefined) return undefined;
      const { namespace, name } = plan.account;
      return {
        sure: "certain",
        evidence: [`Kubernetes has no ServiceAccount ${namespace}/${name}`],
        mend: byHand(
          kubectl(evidence, `create serviceaccount ${name} -n ${namespace}`),
          "If Helm made it, a later helm upgrade wants it labelled and annotated as its own; helm upgrade --reuse-values makes it too.",
        ),
      };
    },
  },
];

function badTime(
  evidence: Evidence,
  hands: Parameters<Cause["match"]>[1],
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
    mend: loginMend(evidence, hands),
  };
}

const restart = (evidence: Evidence) =>
  byHand(
    kubectl(evidence, `rollout restart deployment -n ${evidence.asked.operatorNamespace}`),
    "The operator's pods then get a token of the new account.",
  );
