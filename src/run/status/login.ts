import { X509Certificate } from "node:crypto";
import type { ConfigFact } from "../../consumers/diagnosis/evidence.ts";
import { configFact, markedMounts, rolesFact, type RoleSeen } from "../../doctor/facts/auth.ts";
import type { VaultReader } from "../../systems/world.ts";
import { mounts, type Mount } from "../../wiring/mounts.ts";
import { ownershipOf } from "../../kubernetes/ownership.ts";
import type { LoginSurvey, RoleSurvey } from "./schema.ts";
import type { Unknown } from "./unknown.ts";
import { daysUntil } from "../../core/duration.ts";
import { text } from "../../core/values.ts";

/** Of which cluster a mount's mark may be. */
type Uid = string | undefined;

interface Asked {
  readonly vault: VaultReader;
  readonly unknown: Unknown;
  readonly now: Date;
}

/** The auth method of one cluster: whose it is, its config and its roles. */
export async function surveyLogin(asked: Asked, mount: string, uid: () => Promise<Uid>): Promise<LoginSurvey[]> {
  const { vault, unknown } = asked;
  const [all, clusterUid, rest] = await Promise.all([
    unknown.ask("auth mount", () => mounts({ vault }, "sys/auth")),
    unknown.ask("cluster's UID", uid),
    configAndRoles(asked, mount),
  ]);
  const found = all?.find(({ path }) => path === mount);
  if (all === undefined && rest.config === undefined) return [];
  return [{ mount, found: found !== undefined || rest.config !== undefined, ownedBy: ownedBy(found, clusterUid), ...rest }];
}

/** All auth methods that carry our mark, of whichever cluster. */
export async function surveyLogins(asked: Asked): Promise<LoginSurvey[]> {
  const all = (await asked.unknown.ask("logins of clusters", () => markedMounts(asked.vault))) ?? [];
  return await Promise.all(
    all.map(async (mount) => ({
      mount: mount.path,
      found: true,
      ownedBy: ownedBy(mount, undefined),
      ...(await configAndRoles(asked, mount.path)),
    })),
  );
}

function ownedBy(mount: Mount | undefined, uid: Uid): LoginSurvey["ownedBy"] {
  const ownership = mount === undefined ? "foreign" : ownershipOf(mount.description, uid ?? "");
  if (ownership === "foreign") return "nobody";
  if (uid === undefined) return "a cluster";
  return ownership === "ours" ? "this cluster" : "another cluster";
}

async function configAndRoles({ vault, unknown, now }: Asked, mount: string): Promise<Pick<LoginSurvey, "config" | "roles">> {
  const [config, roles] = await Promise.all([
    unknown.ask(`config of auth/${mount}`, () => configFact(vault, mount)),
    unknown.ask(`roles of auth/${mount}`, () => rolesFact(vault, mount)),
  ]);
  return { ...(config === undefined ? {} : { config: configOf(config, now) }), roles: (roles ?? []).map(roleOf) };
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
