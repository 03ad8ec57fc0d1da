import { ofReviewer } from "../../config/spec/of-reviewer.ts";
import type { Wired } from "../../consumers/facts/wired.ts";
import type { InCluster, ReviewerThere } from "../../doctor/facts/in-cluster.ts";
import type { InVault, LoginThere } from "../../doctor/facts/in-vault.ts";
import { bindingName } from "../../wiring/reviewer/binding-name.ts";
import { oneOf, type Choose, type Given, type Option } from "./choose.ts";
import type { Tally } from "./tally.ts";

interface Found {
  readonly cluster: InCluster;
  readonly vault: InVault;
}

interface Asking {
  readonly given: Given;
  readonly choose: Choose;
  readonly tally: Tally;
}

/**
 * Whose token Vault reviews with: where it was given one, that of an account. Vault gives none back, so it is the account that may review and has a token
 * that does not end, or else the operator's own. Where there is none, bootstrap makes one.
 */
export async function reviewerFrom(
  { cluster, vault }: Found,
  login: LoginThere,
  consumer: Wired | undefined,
  asking: Asking,
): Promise<void> {
  const { given, tally } = asking;
  const kind = given.isSaid("reviewer") ? given.settings.reviewer : (login.reviewer ?? "token");
  const { ownAccount, ownPod } = ofReviewer[kind];
  if (ownAccount) return await accountFrom(cluster, login.mount, consumer, asking);
  const whose = ownPod ? "that of its own pod" : "the one that logs in";
  const because = `auth/${login.mount} was given no token to review with: Vault takes ${whose}`;
  if (ownPod && !vault.isHere)
    tally.note(`${because}, and it is not known to run in this cluster: bootstrap gives it the token of an account.`);
  else tally.add({ settings: { reviewer: kind }, because });
}

async function accountFrom(
  { reviewers, vaults }: InCluster,
  mount: string,
  consumer: Wired | undefined,
  { given, choose, tally }: Asking,
): Promise<void> {
  const { settings, isSaid } = given;
  const all = reviewers.filter(
    ({ namespace, name, by }) =>
      (!isSaid("reviewerNamespace") || namespace === settings.reviewerNamespace) &&
      (!isSaid("reviewerServiceAccount") || name === settings.reviewerServiceAccount) &&
      // Vault's chart lets its own pods review.
      !(by.endsWith("-server-binding") && vaults.some((vault) => vault.namespace === namespace)),
  );
  const isOperators = ({ namespace, name }: ReviewerThere): boolean =>
    namespace === consumer?.operator?.namespace && name === consumer.operator.serviceAccount;
  const ways = [
    all.filter(({ by }) => by === bindingName(mount)),
    all.filter(({ tokenSecret }) => tokenSecret !== undefined),
    all.filter(isOperators),
  ];
  const options = (ways.find((some) => some.length > 0) ?? []).map(optionFor);
  const explain = "Vault does not tell whose token it was given; bootstrap gives it the token of the one that is said.";
  const fields = ["reviewerNamespace", "reviewerServiceAccount"] as const;
  const chosen = await oneOf({ about: "Which account reviews tokens for Vault?", explain, fields, options }, choose);
  if (chosen === undefined) tally.note("No account is known that reviews tokens for Vault: bootstrap makes one of its own.");
  else tally.add(chosen);
}

const optionFor = ({ namespace, name, by, tokenSecret }: ReviewerThere): Option => ({
  name: `${namespace}/${name}`,
  settings: { reviewerNamespace: namespace, reviewerServiceAccount: name },
  because: `ClusterRoleBinding ${by} lets ${namespace}/${name} review${tokenSecret === undefined ? "" : `, and Secret ${tokenSecret} has its token`}`,
});
