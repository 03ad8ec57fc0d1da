import { X509Certificate } from "node:crypto";
import type { VaultAnswer, VaultReader } from "../../systems/world.ts";
import { mounts, type Mount } from "../../wiring/mounts.ts";
import { ownershipOf } from "../../kubernetes/ownership.ts";
import type { LoginSurvey, RoleSurvey } from "./schema.ts";
import type { Unknown } from "./unknown.ts";
import { daysUntil } from "../../core/duration.ts";
import { number, text, texts, yesOrNo } from "../../core/values.ts";

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

/** The auth methods of Kubernetes that carry our mark. */
export const markedMounts = async (vault: VaultReader): Promise<Mount[]> =>
  (await mounts({ vault }, "sys/auth")).filter(
    ({ type, description }) => type === "kubernetes" && ownershipOf(description, "") === "other-cluster",
  );

function ownedBy(mount: Mount | undefined, uid: Uid): LoginSurvey["ownedBy"] {
  const ownership = mount === undefined ? "foreign" : ownershipOf(mount.description, uid ?? "");
  if (ownership === "foreign") return "nobody";
  if (uid === undefined) return "a cluster";
  return ownership === "ours" ? "this cluster" : "another cluster";
}

async function configAndRoles({ vault, unknown, now }: Asked, mount: string): Promise<Pick<LoginSurvey, "config" | "roles">> {
  const [config, roles] = await Promise.all([
    unknown.ask(`config of auth/${mount}`, () => vault.get(`auth/${mount}/config`)),
    unknown.ask(`roles of auth/${mount}`, () => rolesOf(vault, mount)),
  ]);
  return { ...(config === undefined ? {} : { config: configOf(config, now) }), roles: roles ?? [] };
}

function configOf({ data }: VaultAnswer, now: Date): NonNullable<LoginSurvey["config"]> {
  return {
    host: text(data["kubernetes_host"]) ?? "",
    issuer: text(data["issuer"]),
    checksIssuer: data["disable_iss_validation"] === false,
    usesOwnPodToken: data["disable_local_ca_jwt"] !== true,
    reviewerToken: yesOrNo(data["token_reviewer_jwt_set"]),
    caDaysLeft: caDaysLeft(text(data["kubernetes_ca_cert"]), now),
  };
}

function caDaysLeft(pem: string | undefined, now: Date): number | undefined {
  try {
    return pem === undefined ? undefined : daysUntil(new Date(new X509Certificate(pem).validTo), now);
  } catch {
    return undefined;
  }
}

/** Documented at Vault's API docs, /auth/kubernetes "List Roles" and "Read Role". */
async function rolesOf(vault: VaultReader, mount: string): Promise<RoleSurvey[]> {
  const keys = texts((await vault.get(`auth/${mount}/role?list=true`))?.data["keys"]);
  const roles = await Promise.all(keys.map(async (name) => ({ name, answer: await vault.get(`auth/${mount}/role/${name}`) })));
  return roles.map(({ name, answer }) => roleOf(name, answer?.data ?? {}));
}

function roleOf(name: string, data: VaultAnswer["data"]): RoleSurvey {
  return {
    name,
    serviceAccounts: texts(data["bound_service_account_names"]),
    namespaces: texts(data["bound_service_account_namespaces"]),
    audience: text(data["audience"]),
    policies: texts(data["token_policies"]),
    ttlSeconds: number(data["token_ttl"]) ?? 0,
    maxTtlSeconds: number(data["token_max_ttl"]) ?? 0,
  };
}
