import { forgottenReviewerToken } from "../../wiring/reviewer/forgotten-token.ts";
import { bindingName } from "../../wiring/reviewer/binding-name.ts";
import { owner, ownerLabel } from "../../kubernetes/ownership.ts";
import { byHand, bySteps, kubectl, type Cause, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { isAbsent, valueOf } from "../../core/fact.ts";
import { bareLogin, isBare, isIn, logged } from "../../consumers/diagnosis/look.ts";
import { hasMount, mountMend } from "./mount.ts";

const nameOf = ({ asked: { reviewer } }: Evidence): string => `${reviewer.namespace}/${reviewer.name}`;
const secretOf = ({ asked, reviewer: { secretName } }: Evidence): string => `${asked.reviewer.namespace}/${secretName}`;
const userOf = ({ asked: { reviewer } }: Evidence): string => `system:serviceaccount:${reviewer.namespace}:${reviewer.name}`;

/** The account that the API server refused to let review. */
const refusedUser = (evidence: Evidence): string | undefined =>
  /User "([^"]+)" cannot create resource "tokenreviews"/.exec(logged(evidence, /cannot create resource "tokenreviews"/) ?? "")?.[1];
const unauthorized = (evidence: Evidence): string | undefined => logged(evidence, /service account unauthorized/);
const givesToken = ({ asked }: Evidence): boolean => asked.reviewer.givesToken;
const reviewedHere = ({ review }: Evidence): boolean => valueOf(review)?.result.kind === "authenticated";

export const reviewer: readonly Cause[] = [
  {
    code: "VD40",
    title: "The reviewer may not review tokens",
    match: (evidence, commandLines) => {
      const mine = refusedUser(evidence) === userOf(evidence);
      if (
        !mine &&
        !(
          valueOf(evidence.reviewer.mayReview) === false &&
          bareLogin(evidence) !== undefined &&
          refusedUser(evidence) === undefined &&
          unauthorized(evidence) === undefined
        )
      )
        return undefined;
      const seen =
        valueOf(evidence.reviewer.mayReview) === false ? [`Kubernetes says: ${nameOf(evidence)} may not create tokenreviews`] : [];
      const line = mine ? [`Vault's log: ${logged(evidence, /tokenreviews/) ?? ""}`] : [];
      return { sure: "certain", evidence: [...line, ...seen], mend: bindingMend(evidence, commandLines) };
    },
  },
  {
    code: "VD41",
    title: "The reviewer's account or token is gone",
    match: (evidence, commandLines) => {
      const { account, secret } = evidence.reviewer;
      if (
        !givesToken(evidence) ||
        !hasMount(evidence) ||
        bareLogin(evidence) === undefined ||
        !(isAbsent(secret) || valueOf(secret)?.filled === false)
      )
        return undefined;
      const seen = isAbsent(account)
        ? `Kubernetes has no ServiceAccount ${nameOf(evidence)}, and no token of it`
        : `Secret ${secretOf(evidence)} ${isAbsent(secret) ? "is not there" : "holds no token"}: what Vault was given died with the old one`;
      const line = unauthorized(evidence);
      const then = labelled(evidence, mountMend(evidence, commandLines, "reviewer", "auth"));
      return {
        sure: line !== undefined || evidence.log.kind !== "heard" ? "certain" : "likely",
        evidence: [...(line === undefined ? [] : [`Vault's log: ${line}`]), seen],
        mend: then,
      };
    },
  },
  {
    code: "VD42",
    title: "Vault reviews with a token that the API server does not take",
    match: (evidence, commandLines) => {
      const secret = valueOf(evidence.reviewer.secret);
      if (!givesToken(evidence) || !hasMount(evidence) || secret?.filled !== true || valueOf(evidence.config)?.hasReviewerToken === false)
        return undefined;
      const line =
        unauthorized(evidence) ??
        (refusedUser(evidence) === undefined || refusedUser(evidence) === userOf(evidence) ? undefined : logged(evidence, /tokenreviews/));
      if (line !== undefined)
        return {
          sure: "certain",
          evidence: [`Vault's log: ${line}`, seenOf(evidence, secret.given)],
          mend: rewrite(evidence, commandLines),
        };
      // What Vault was given cannot be read back: it is what remains when all that can be asked holds.
      if (!remains(evidence)) return undefined;
      return {
        sure: secret.given === false ? "certain" : "likely",
        evidence: [
          seenOf(evidence, secret.given),
          "from here a review with the reviewer's own token, and the host and CA of Vault's config, succeeds",
        ],
        mend: rewrite(evidence, commandLines),
      };
    },
  },
  {
    code: "VD43",
    title: "The token that logs in is to review itself, and the API server does not take it",
    match: (evidence, commandLines) => {
      const { asked, login, storeLogin } = evidence;
      const missing = login.plan.audiences.filter((audience) => storeLogin?.plan.audiences.includes(audience) === false);
      if (!asked.reviewer.isClient || missing.length === 0 || storeLogin === undefined || !isBare(storeLogin)) return undefined;
      const line = unauthorized(evidence);
      return {
        sure: line !== undefined || isIn(login) ? "certain" : "likely",
        evidence: [
          ...(line === undefined ? [] : [`Vault's log: ${line}`]),
          `the store asks for tokens for ${storeLogin.plan.audiences.join(", ") || "the API server"}, and not for ${missing.join(", ")}`,
        ],
        mend: bySteps(commandLines, "store"),
      };
    },
  },
  {
    code: "VD44",
    title: "The token that Vault reviews with has ended",
    match: (evidence, commandLines) => {
      const line = unauthorized(evidence);
      if (!evidence.asked.reviewer.ends || line === undefined) return undefined;
      return {
        sure: "likely",
        evidence: [`Vault's log: ${line}`, `a token of ${nameOf(evidence)} ends by itself, and rotate-reviewer was not run before it did`],
        mend: byHand(commandLines.own("rotate-reviewer"), "Run it by a timer, well before the token ends."),
      };
    },
  },
];

/** An account that somebody made by hand is marked as ours first: its step would refuse it. */
function labelled(evidence: Evidence, mend: Mend): Mend {
  const { asked, reviewer } = evidence;
  if (
    valueOf(reviewer.account)?.ours !== false ||
    (asked.reviewer.namespace === asked.operatorNamespace && asked.reviewer.name === asked.account.name)
  )
    return mend;
  const label = kubectl(evidence, `label serviceaccount ${asked.reviewer.name} -n ${asked.reviewer.namespace} ${ownerLabel}=${owner}`);
  return byHand(`${label} && ${mend.command}`, "The account is not marked as made by vault-k8s: the first command marks it.");
}

/** A binding that is there and does not bind was changed: Kubernetes lets nobody change its role, and an apply would not take over its subjects. */
function bindingMend(evidence: Evidence, commandLines: Parameters<Cause["match"]>[1]): Mend {
  if (valueOf(evidence.reviewer.binding) !== true) return bySteps(commandLines, "reviewer");
  return byHand(
    `${kubectl(evidence, `delete clusterrolebinding ${bindingName(evidence.asked.mount)}`)} && ${commandLines.steps("reviewer")}`,
    "The binding is there, but binds something else: it is made anew.",
  );
}

const seenOf = (evidence: Evidence, given: boolean | undefined): string =>
  given === false
    ? `Secret ${secretOf(evidence)} holds another token than the one that Vault was given`
    : `Vault holds another token than Secret ${secretOf(evidence)}, or one that has expired; it cannot be read back`;

/** Everything else that a bare refusal can mean was asked, and holds. */
function remains(evidence: Evidence): boolean {
  const config = valueOf(evidence.config);
  const login = bareLogin(evidence);
  const slow = login?.result.kind === "refused" && login.result.ms > slowMs;
  const nothingElse =
    config !== undefined &&
    config.pemKeys === 0 &&
    (valueOf(evidence.role)?.cidrs ?? []).length === 0 &&
    valueOf(evidence.reviewer.mayReview) !== false;
  const reached = evidence.podView === undefined || evidence.podView.kind === "reached" || evidence.podView.kind === "no-pod";
  return (
    login !== undefined &&
    login.plan.tokenSecret === undefined &&
    evidence.log.kind !== "heard" &&
    nothingElse &&
    reviewedHere(evidence) &&
    reached &&
    !slow
  );
}

/** A refusal that takes this long waited for a connection, in milliseconds: seen with 3 s for a host without a route. */
export const slowMs = 2_500;

/** The annotation says that Vault has the token already: it has to go, or the step would find nothing to do. */
function rewrite(evidence: Evidence, commandLines: Parameters<Cause["match"]>[1]): Mend {
  const auth = mountMend(evidence, commandLines, "auth");
  const { namespace, name } = evidence.asked.reviewer;
  const command = `${kubectl(evidence, `annotate secret ${evidence.reviewer.secretName} -n ${namespace} vault-k8s.io/configured-`)} && ${auth.command}`;
  return auth.steps === undefined
    ? byHand(command, auth.note ?? "")
    : { command, steps: auth.steps, resources: [forgottenReviewerToken({ namespace, serviceAccount: name })] };
}
