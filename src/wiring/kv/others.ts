import type { Readers } from "../../systems/world.ts";
import { markOf, ownershipOf } from "../../kubernetes/ownership.ts";
import { mounts } from "../mounts.ts";
import { pathsIn, reaches } from "../policy/paths.ts";
import { rolesOf } from "../role/others.ts";
import type { KvPlace } from "./place.ts";

/** Who else reads a cluster's secrets, for people: policies of others that reach below the prefix, and roles of other mounts that have ours. */
export async function othersReading(read: Readers, place: KvPlace): Promise<string[]> {
  const [policies, roles] = await Promise.all([othersPolicies(read, place), rolesWithOurs(read, place)]);
  return [...policies.map((name) => `policy ${name}`), ...roles.map((name) => `role ${name}`)];
}

async function othersPolicies(read: Readers, place: KvPlace): Promise<string[]> {
  const [answer, uid] = await Promise.all([read.vault.get("sys/policies/acl?list=true"), read.kube.clusterUid()]);
  const names = (answer?.data["keys"] ?? []) as readonly string[];
  const texts = await Promise.all(names.filter((name) => name !== "root").map(async (name) => ({ name, text: await textOf(read, name) })));
  return texts.filter(({ name, text }) => !isOurs(name, text, uid, place) && readsThere(text, place)).map(({ name }) => name);
}

const textOf = async ({ vault }: Readers, name: string): Promise<string> =>
  String((await vault.get(`sys/policies/acl/${name}`))?.data["policy"] ?? "");

const isOurs = (name: string, text: string, uid: string, { policy, adminPolicy }: KvPlace): boolean =>
  (name === policy && ownershipOf(text.split("\n", 1)[0] ?? "", uid) === "ours") || (name === adminPolicy && markOf(text) !== undefined);

const readsThere = (text: string, { mount, prefix }: KvPlace): boolean =>
  pathsIn(text)?.some((path) => reaches(path, mount, prefix)) ?? true;

/** Of mounts whose roles name policies as ours do; who is given a policy elsewhere stands in Vault under names that nobody can list. */
async function rolesWithOurs(read: Readers, { policy, authMount }: KvPlace): Promise<string[]> {
  const all = await mounts(read, "sys/auth");
  const others = all.filter(({ path, type }) => path !== authMount && /^(kubernetes|jwt|oidc)$/.test(type));
  const found = await Promise.all(others.map(({ path }) => rolesAt(read, path, policy)));
  return found.flat();
}

async function rolesAt(read: Readers, mount: string, policy: string): Promise<string[]> {
  const paths = (await rolesOf(read, mount)).map((name) => `auth/${mount}/role/${name}`);
  const answers = await Promise.all(paths.map((path) => read.vault.get(path)));
  const has = (value: unknown): boolean => Array.isArray(value) && value.includes(policy);
  return paths.filter((_, index) => has(answers[index]?.data["token_policies"]) || has(answers[index]?.data["policies"]));
}
