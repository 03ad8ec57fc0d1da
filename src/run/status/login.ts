import { X509Certificate } from "node:crypto";
import { isKnown, valueOf, type Fact } from "../../core/fact.ts";
import type { ConfigFact } from "../../consumers/diagnosis/evidence.ts";
import { configFact, markedMounts, rolesFact, type RoleSeen } from "../../doctor/facts/auth.ts";
import { ofReviewer } from "../../config/spec/of-reviewer.ts";
import type { ReviewerSpec, WiringSpec } from "../../config/spec/wiring.ts";
import type { VaultReader } from "../../systems/world.ts";
import { mounts, type Mount } from "../../wiring/mounts.ts";
import { ownershipOf } from "../../kubernetes/ownership.ts";
import type { LoginSurvey, RoleSurvey } from "./schema.ts";
import type { Unknown } from "./unknown.ts";
import { daysUntil } from "../../core/duration.ts";
import { text } from "../../core/values.ts";

/** The cluster whose mark a mount may bear; known to be none where every cluster is looked for. */
type Uid = Fact<string | undefined>;

interface Asked {
  readonly vault: VaultReader;
  readonly unknown: Unknown;
  readonly now: Date;
}

type LoginOf = Pick<WiringSpec, "authMount" | "reviewer">;

/** The auth method of one cluster: whose it is, its config and its roles. */
export async function surveyLogin(
  asked: Asked,
  { authMount: mount, reviewer }: LoginOf,
  uid: () => Promise<string | undefined>,
): Promise<LoginSurvey[]> {
  const { vault, unknown } = asked;
  const [all, clusterUid, rest] = await Promise.all([
    unknown.ask("auth mount", () => mounts({ vault }, "sys/auth")),
    unknown.ask("cluster's UID", uid),
    configAndRoles(asked, mount),
  ]);
  const found = valueOf(all)?.find(({ path }) => path === mount);
  if (!isKnown(all) && rest.config === undefined) return [];
  return [
    {
      mount,
      found: found !== undefined || rest.config !== undefined,
      ownedBy: ownedBy(found, clusterUid),
      ...rest,
      ...asWanted(rest.config, reviewer),
    },
  ];
}

/** That there is no reviewer's token may be as it should be. */
const asWanted = (config: LoginSurvey["config"], { kind }: ReviewerSpec): Pick<LoginSurvey, "config"> =>
  config?.reviewerToken === false && ofReviewer[kind].clientsReview ? { config: { ...config, clientsReview: true } } : {};

/** All auth methods that carry our mark, of whichever cluster. */
export async function surveyLogins(asked: Asked): Promise<LoginSurvey[]> {
  const all = valueOf(await asked.unknown.ask("logins of clusters", () => markedMounts(asked.vault))) ?? [];
  return await Promise.all(
    all.map(async (mount) => ({
      mount: mount.path,
      found: true,
      ownedBy: ownedBy(mount, { value: undefined }),
      ...(await configAndRoles(asked, mount.path)),
    })),
  );
}

function ownedBy(mount: Mount | undefined, uid: Uid): LoginSurvey["ownedBy"] {
  const ownership = mount === undefined ? "foreign" : ownershipOf(mount.description, valueOf(uid) ?? "");
  if (ownership === "foreign") return "nobody";
  if (valueOf(uid) === undefined) return "a cluster";
  return ownership === "ours" ? "this cluster" : "another cluster";
}

async function configAndRoles({ vault, unknown, now }: Asked, mount: string): Promise<Pick<LoginSurvey, "config" | "roles">> {
  const [config, roles] = await Promise.all([
    unknown.ask(`config of auth/${mount}`, () => configFact(vault, mount)),
    unknown.ask(`roles of auth/${mount}`, () => rolesFact(vault, mount)),
  ]);
  const seen = valueOf(config);
  return { ...(seen && { config: configOf(seen, now) }), roles: (valueOf(roles) ?? []).map(roleOf) };
}

const configOf = (config: ConfigFact, now: Date): NonNullable<LoginSurvey["config"]> => ({
  host: config.host,
  issuer: text(config.issuer),
  checksIssuer: config.checksIssuer,
  usesOwnPodToken: config.usesLocalToken,
  reviewerToken: config.hasReviewerToken,
  caDaysLeft: caDaysLeft(text(config.ca), now),
});

function caDaysLeft(pem: string | undefined, now: Date): number | undefined {
  try {
    return pem === undefined ? undefined : daysUntil(new Date(new X509Certificate(pem).validTo), now);
  } catch {
    return undefined;
  }
}

const roleOf = ({ name, names, namespaces, audience, policies, ttlSeconds, maxTtlSeconds }: RoleSeen): RoleSurvey => ({
  name,
  serviceAccounts: [...names],
  namespaces: [...namespaces],
  audience: text(audience),
  policies: [...policies],
  ttlSeconds,
  maxTtlSeconds,
});
