import { isRecord } from "../../core/compare.ts";
import { list, number, text, texts, yesOrNo } from "../../core/values.ts";
import type { Asked, ConfigFact, MountFact, RoleFact } from "../../consumers/diagnosis/evidence.ts";
import { ownershipOf } from "../../kubernetes/ownership.ts";
import type { Readers, VaultReader } from "../../systems/world.ts";
import { mounts, type Mount } from "../../wiring/mounts.ts";

/** The cluster's auth method, and whose it is; undefined where it is not enabled. */
export async function mountFact(read: Readers, { mount }: Pick<Asked, "mount">): Promise<MountFact | undefined> {
  const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
  const found = all.find(({ path }) => path === mount);
  return found && { type: found.type, accessor: found.accessor, ownership: ownershipOf(found.description, uid) };
}

/** The auth methods of Kubernetes that carry our mark, of whichever cluster. */
export const markedMounts = async (vault: VaultReader): Promise<Mount[]> =>
  (await mounts({ vault }, "sys/auth")).filter(
    ({ type, description }) => type === "kubernetes" && ownershipOf(description, "") === "other-cluster",
  );

/** Documented at Vault's API docs, /auth/kubernetes "Read Config". */
export async function configFact(vault: VaultReader, mount: string): Promise<ConfigFact | undefined> {
  const data = (await vault.get(`auth/${mount}/config`))?.data;
  if (data === undefined) return undefined;
  return {
    host: text(data["kubernetes_host"]) ?? "",
    ca: text(data["kubernetes_ca_cert"]) ?? "",
    issuer: text(data["issuer"]) ?? "",
    checksIssuer: data["disable_iss_validation"] === false,
    pemKeys: list(data["pem_keys"]).length,
    usesLocalToken: data["disable_local_ca_jwt"] !== true,
    hasReviewerToken: yesOrNo(data["token_reviewer_jwt_set"]),
  };
}

/** A role, with how long its tokens live. */
export interface RoleSeen extends RoleFact {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly maxTtlSeconds: number;
}

/** Documented at Vault's API docs, /auth/kubernetes "Read Role". */
export async function roleFact(vault: VaultReader, mount: string, name: string): Promise<RoleSeen | undefined> {
  const data = (await vault.get(`auth/${mount}/role/${name}`))?.data;
  if (data === undefined) return undefined;
  return {
    name,
    names: texts(data["bound_service_account_names"]),
    namespaces: texts(data["bound_service_account_namespaces"]),
    audience: text(data["audience"]) ?? "",
    policies: texts(data["token_policies"] ?? data["policies"]),
    cidrs: list(data["token_bound_cidrs"]).flatMap(cidr),
    ttlSeconds: number(data["token_ttl"]) ?? 0,
    maxTtlSeconds: number(data["token_max_ttl"]) ?? 0,
  };
}

/** Some servers write one as an object. */
const cidr = (one: unknown): string[] => (isRecord(one) ? [JSON.stringify(one)] : texts([one]));

/** All roles of a mount. Documented at Vault's API docs, /auth/kubernetes "List Roles". */
export async function rolesFact(vault: VaultReader, mount: string): Promise<RoleSeen[]> {
  const names = texts((await vault.get(`auth/${mount}/role?list=true`))?.data["keys"]);
  const roles = await Promise.all(names.map((name) => roleFact(vault, mount, name)));
  return roles.filter((role) => role !== undefined);
}
