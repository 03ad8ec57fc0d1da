import { differences, allFields, type Plain } from "../../core/compare.ts";
import { NotYet } from "../../core/errors.ts";
import { same, type Diff } from "../../core/resource.ts";
import type { LoginSpec } from "../../config/spec/consumer.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { authMount, notOurMount } from "../mounts.ts";
import { onPath } from "../../systems/need.ts";
import { vaultWrite, type PlainBody } from "../vault-write.ts";

/** A role of the cluster's auth mount. Documented at Vault's API docs, /auth/kubernetes "Create/Update Role". */
export function kubernetesRole(mount: string, login: LoginSpec): AppResource {
  const path = `auth/${mount}/role/${login.role}`;
  const body = roleBody(login);
  return {
    id: `vault ${path}`,
    diff: (read) => diffRole(read, mount, path, body),
    preview: (_read, found) => Promise.resolve(found instanceof NotYet ? allFields(body) : found.changes),
    needs: () => [onPath("sys/auth", "read"), onPath(path, "create", "read", "update")],
    apply: async (write: Writers) => void (await write.vault.post(path, { ...unused, ...body })),
    content: () => Promise.resolve({ kind: "write", file: "role.json", path, body: { ...unused, ...body } }),
    command: () => ({ lines: vaultWrite(path, { ...unused, ...body }), needs: ["vault"] }),
  };
}

// Fields that we do not use, with their defaults: what somebody set there widens or breaks the role, so it shows as a difference, and a write
// sets it back. A write keeps what is left out; a server that does not know a field ignores it.
const unused: PlainBody = {
  alias_name_source: "serviceaccount_uid",
  bound_service_account_namespace_selector: "",
  token_bound_cidrs: [],
  token_explicit_max_ttl: 0,
  token_no_default_policy: false,
  token_num_uses: 0,
  token_period: 0,
  token_type: "default",
};

// The audience is always sent: a role write keeps fields that are left out, so an old audience would stay.
function roleBody(login: LoginSpec): PlainBody {
  return {
    bound_service_account_names: [...login.serviceAccounts].sort(),
    bound_service_account_namespaces: [...login.namespaces].sort(),
    audience: login.audience ?? "",
    token_policies: [...login.policies].sort(),
    token_ttl: login.tokenTtlSeconds,
    token_max_ttl: login.tokenMaxTtlSeconds,
  };
}

async function diffRole(read: Readers, mountPath: string, path: string, wanted: PlainBody): Promise<Diff> {
  const [mount, answer] = await Promise.all([authMount(read, mountPath), read.vault.get(path)]);
  const foreign = notOurMount(mount);
  if (foreign !== undefined) return foreign;
  if (answer === undefined) return { kind: "create", changes: allFields(wanted) };
  const changes = differences({ ...unused, ...wanted }, comparable(answer.data));
  return changes.length === 0 ? same() : { kind: "update", changes };
}

function comparable(found: Readonly<Record<string, unknown>>): Plain {
  const known = Object.entries(found).filter(([, value]) => value !== null);
  const entries = Object.entries({ audience: "", ...unused, ...Object.fromEntries(known) });
  return Object.fromEntries(entries.map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value])) as Plain;
}
