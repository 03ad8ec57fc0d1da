import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { KubeNeed } from "../../systems/need.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface Grantee {
  /** As the API server calls the user, "system:serviceaccount:NAMESPACE:NAME" for an account; undefined where it does not say. */
  readonly user: string | undefined;
  /** Namespaces that are not there yet: their roles need them. */
  readonly absent: ReadonlySet<string>;
}

const apiVersion = "rbac.authorization.k8s.io/v1";
/**
 * The name of a role and its binding: one for whom and what, since to apply another role of the same name would take away what somebody was granted
 * before.
 */
const grantName = (rules: readonly Rule[], user: string | undefined): string =>
  `vault-k8s-runner-${createHash("sha256")
    .update(JSON.stringify([user ?? "", rules]))
    .digest("hex")
    .slice(0, 10)}`;

/** Roles and bindings that grant rights, and no more, as YAML documents for `kubectl apply -f -`. */
export function rbacManifest(needs: readonly KubeNeed[], grantee: Grantee): string {
  // A role that one may make is one whose rights one holds; to escalate would be to hold all rights.
  const granted = needs.flatMap((need) => (need.verb === "escalate" && need.instead !== undefined ? need.instead : [need]));
  const namespaces = [...new Set(granted.map(({ namespace }) => namespace))].sort((a, b) => (a ?? "").localeCompare(b ?? ""));
  const documents = namespaces.flatMap((namespace) => {
    const rules = rulesOf(granted.filter((need) => need.namespace === namespace));
    const missing =
      namespace !== undefined && grantee.absent.has(namespace)
        ? [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]
        : [];
    return [...missing, ...roleAndBinding(rules, grantee.user, namespace)];
  });
  return documents.map((one) => stringify(one, { lineWidth: 0 })).join("---\n");
}

/** One rule for each set of verbs and names in a group. */
function rulesOf(needs: readonly KubeNeed[]): Rule[] {
  const objects = gather(
    needs,
    ({ group, resource, subresource, name }) =>
      JSON.stringify([group, subresource === undefined ? resource : `${resource}/${subresource}`, name]),
    ({ verb }) => verb,
  );
  const kinds = gather(
    [...objects],
    ([key, verbs]) => JSON.stringify([...(JSON.parse(key) as string[]).slice(0, 2), [...verbs].sort()]),
    ([key]) => (JSON.parse(key) as (string | null)[])[2] ?? "",
  );
  const rules = gather(
    [...kinds],
    ([key, names]) => {
      const [group, , verbs] = JSON.parse(key) as [string, string, string[]];
      return JSON.stringify([group, verbs, [...names].sort()]);
    },
    ([key]) => (JSON.parse(key) as string[])[1] ?? "",
  );
  return [...rules].flatMap(([key, resources]) => {
    const [group, verbs, names] = JSON.parse(key) as [string, string[], string[]];
    const rule = { apiGroups: [group], resources: [...resources], verbs };
    const named = names.filter((name) => name !== "");
    return [...(names.includes("") ? [rule] : []), ...(named.length > 0 ? [{ ...rule, resourceNames: named }] : [])];
  });
}

function gather<T>(items: readonly T[], key: (item: T) => string, value: (item: T) => string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const item of items) found.set(key(item), (found.get(key(item)) ?? new Set()).add(value(item)));
  return found;
}

function roleAndBinding(rules: readonly Rule[], user: string | undefined, namespace: string | undefined): object[] {
  const [role, binding] = namespace === undefined ? ["ClusterRole", "ClusterRoleBinding"] : ["Role", "RoleBinding"];
  const name = grantName(rules, user);
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return [
    { apiVersion, kind: role, metadata, rules },
    {
      apiVersion,
      kind: binding,
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: role, name },
      subjects: [subject(user)],
    },
  ];
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
function subject(user: string | undefined): object {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(user ?? "") ?? [];
  if (name !== undefined) return { kind: "ServiceAccount", name, namespace };
  return { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: user ?? "WHO-RUNS-VAULT-K8S" };
}

/** A policy that grants capabilities, and no more, in HCL. */
export const vaultPolicyText = (paths: readonly { readonly path: string; readonly capabilities: readonly string[] }[]): string =>
  paths
    .map(({ path, capabilities }) => `path "${path}" {\n  capabilities = [${capabilities.map((one) => `"${one}"`).join(", ")}]\n}\n`)
    .join("\n");
