import { age } from "./age.ts";
import type { ClusterStatus, LoginSurvey, RoleSurvey } from "../../run/status/schema.ts";
import { type Row, type Section, single, count, soon } from "./status-row.ts";

export function login({ logins, reviewer }: ClusterStatus): Section {
  const reviewerRow =
    reviewer === undefined
      ? []
      : [
          single(
            "ok",
            "reviewer",
            [reviewer.account, reviewer.ageSeconds === undefined ? undefined : `token ${age(reviewer.ageSeconds)} old`],
            [`Secret ${reviewer.secret}`, reviewer.created],
          ),
        ];
  const [first] = logins;
  return {
    title: logins.length > 1 ? "Logins" : "Login",
    about: logins.length === 1 && first !== undefined ? `auth/${first.mount}` : "",
    rows: [...logins.flatMap((each) => loginRows(each, logins.length > 1)), ...reviewerRow],
  };
}

function loginRows({ mount, found, ownedBy, config, roles }: LoginSurvey, named: boolean): Row[] {
  const prefix = named ? `auth/${mount} ` : "";
  if (!found) return [single("look", `${prefix}mount`, ["is not enabled"])];
  const owner = single(ownedBy === "this cluster" || ownedBy === "a cluster" ? "ok" : "wrong", `${prefix}mount`, [
    ownedBy === "nobody" ? "is not marked as ours" : ownedBy === "another cluster" ? "belongs to another cluster" : "kubernetes, ours",
  ]);
  return [
    owner,
    ...(config === undefined ? [single("look", `${prefix}config`, ["is not written"])] : [configRow(config, prefix)]),
    ...roles.map((each) => roleRow(each, prefix)),
  ];
}

function configRow(config: NonNullable<LoginSurvey["config"]>, prefix: string): Row {
  const days = config.caDaysLeft;
  const mark = (days ?? 0) < 0 || lacksToken(config) ? "wrong" : days !== undefined && days < soon ? "look" : "ok";
  return single(
    mark,
    `${prefix}config`,
    [
      config.host,
      config.checksIssuer ? `issuer ${config.issuer ?? "of the pod's own token"}` : "issuer not checked",
      lacksToken(config) ? "no reviewer token" : config.clientsReview === true ? "clients review their own tokens" : undefined,
    ],
    [reviewsBy(config), days === undefined ? undefined : days < 0 ? "CA has expired" : `CA ${count(days, "day")} left`],
  );
}

type Config = NonNullable<LoginSurvey["config"]>;

const lacksToken = ({ reviewerToken, usesOwnPodToken, clientsReview }: Config): boolean =>
  reviewerToken === false && !usesOwnPodToken && clientsReview !== true;

function reviewsBy({ usesOwnPodToken, reviewerToken }: Config): string {
  if (!usesOwnPodToken) return reviewerToken === false ? "no token of Vault's" : "only the reviewer's token";
  return reviewerToken === false ? "Vault's own pod token" : "falls back to Vault's own pod token";
}

const roleRow = ({ name, serviceAccounts, namespaces, audience, policies, ttlSeconds, maxTtlSeconds }: RoleSurvey, prefix: string): Row =>
  single(
    "ok",
    `${prefix}role ${name}`,
    [
      `${namespaces.join(",")}/${serviceAccounts.join(",")}`,
      audience === undefined ? "any audience" : `audience ${audience}`,
      `policies ${policies.join(",")}`,
    ],
    [`tokens for ${age(ttlSeconds)}, at most ${age(maxTtlSeconds)}`],
  );
