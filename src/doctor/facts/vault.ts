import type { NodesReader, Readers, VaultNode } from "../../systems/world.ts";
import { isRecord } from "../../core/compare.ts";
import { mounts } from "../../wiring/mounts.ts";
import { ownershipOf } from "../../kubernetes/ownership.ts";
import type { Asked, ConfigFact, EngineFact, MountFact, NodeFact, RoleFact } from "../../consumers/diagnosis/evidence.ts";
import { fact, type Fact } from "../../consumers/diagnosis/fact.ts";

/** Vault as a whole: throws why it cannot be asked. */
export const reachVault = async ({ vault }: Readers): Promise<string> => {
  await vault.get("sys/auth");
  return vault.describe();
};

/** The state of each Vault node. */
export const nodeFacts = async ({ nodes }: Readers): Promise<NodeFact[]> =>
  Promise.all((await nodes.nodes()).map((node) => nodeFact(nodes, node)));

async function nodeFact(nodes: NodesReader, node: VaultNode): Promise<NodeFact> {
  const { name } = node;
  if (node.phase !== "Running") return { name, state: "not running", detail: node.phase };
  const seal = await fact(() => nodes.sealStatus(node));
  if (!("value" in seal)) return { name, state: "not reachable", detail: seal.unknown };
  if (!seal.value.initialized) return { name, state: "not initialised", detail: undefined };
  if (seal.value.sealed) return { name, state: "sealed", detail: `${seal.value.progress} of ${seal.value.t} keys given` };
  const leader = await fact(() => nodes.leader(node));
  if (!("value" in leader)) return { name, state: "not reachable", detail: leader.unknown };
  if (!leader.value.ha_enabled) return { name, state: "standalone", detail: undefined };
  return { name, state: leader.value.is_self ? "active" : "standby", detail: undefined };
}

export async function mountFact(read: Readers, { mount }: Asked): Promise<MountFact | undefined> {
  const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
  const found = all.find(({ path }) => path === mount);
  return found && { type: found.type, accessor: found.accessor, ownership: ownershipOf(found.description, uid) };
}

export async function engineFact(read: Readers, { kvMount }: Asked): Promise<EngineFact | undefined> {
  const found = (await mounts(read, "sys/mounts")).find(({ path }) => path === kvMount);
  return found && { type: found.type, version: found.options?.version ?? "1" };
}

/** Documented at Vault's API docs, /auth/kubernetes "Read Config". */
export async function configFact({ vault }: Readers, { mount }: Asked): Promise<ConfigFact | undefined> {
  const data = (await vault.get(`auth/${mount}/config`))?.data;
  if (data === undefined) return undefined;
  return {
    host: text(data["kubernetes_host"]),
    ca: text(data["kubernetes_ca_cert"]),
    issuer: text(data["issuer"]),
    checksIssuer: data["disable_iss_validation"] === false,
    pemKeys: texts(data["pem_keys"]).length,
    usesLocalToken: data["disable_local_ca_jwt"] === false,
    hasReviewerToken: typeof data["token_reviewer_jwt_set"] === "boolean" ? data["token_reviewer_jwt_set"] : undefined,
  };
}

/** Documented at Vault's API docs, /auth/kubernetes "Read Role". */
export async function roleFact({ vault }: Readers, { mount, role }: Asked): Promise<RoleFact | undefined> {
  const data = (await vault.get(`auth/${mount}/role/${role}`))?.data;
  if (data === undefined) return undefined;
  return {
    names: texts(data["bound_service_account_names"]),
    namespaces: texts(data["bound_service_account_namespaces"]),
    audience: text(data["audience"]),
    policies: texts(data["token_policies"] ?? data["policies"]),
    cidrs: texts(data["token_bound_cidrs"]),
  };
}

export async function policyTexts({ vault }: Readers, { policies }: Asked): Promise<Record<string, string | undefined>> {
  const read = async (name: string) => [name, (await vault.get(`sys/policies/acl/${name}`))?.data["policy"]] as const;
  return Object.fromEntries(
    (await Promise.all(policies.map(read))).map(([name, policy]) => [name, typeof policy === "string" ? policy : undefined]),
  );
}

/** How far Vault's clock is ahead of the API server's. */
export async function clockFact({ nodes, kube }: Readers): Promise<Fact<number>> {
  return fact(async () => {
    const [first] = (await nodes.nodes()).filter(({ phase }) => phase === "Running");
    const [vault, server] = await Promise.all([first === undefined ? undefined : nodes.facts(first), kube.serverFacts()]);
    return (vault?.clockAheadMs ?? 0) - (server.clockAheadMs ?? 0);
  });
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
/** A list of texts, or none. */
const texts = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((one) => typeof one === "string" || isRecord(one)).map((one) => (typeof one === "string" ? one : JSON.stringify(one)))
    : [];
