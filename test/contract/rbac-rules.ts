import { parseAllDocuments } from "yaml";
import type { Recorded } from "../fakes/wire/exchange.ts";
import { placeOf, verbOf } from "../fakes/kube/request.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
}

/** The rules of a manifest, each with the namespace that it counts in; undefined for everywhere. */
function rulesIn(manifest: string): { namespace: string | undefined; rule: Rule }[] {
  const objects = parseAllDocuments(manifest).map((document) => document.toJS() as Role);
  return objects.flatMap(({ metadata, rules = [] }) => rules.map((rule) => ({ namespace: metadata.namespace, rule })));
}

// Who is known may ask these: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles
const forEverybody = /^\/(version|apis?|openapi\/.*|apis\/auth[a-z]+\.k8s\.io\/v1\/self\w+)$/;

/** What a request needs and no rule of a manifest allows; undefined where it is allowed. As RBAC reads rules: a name counts only where the request has one. */
export function notAllowed(manifest: string, { method, path, question }: Recorded): string | undefined {
  const [plain = "", query = ""] = question.split("?");
  if (forEverybody.test(plain)) return undefined;
  const place = placeOf(plain);
  if (place === undefined) return `${method} ${path}`;
  const { group, namespace, plural, subresource } = place;
  const asked = new URLSearchParams(query);
  const name = place.name ?? /^metadata\.name=([^,]+)$/.exec(asked.get("fieldSelector") ?? "")?.[1];
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const verb = verbOf({ method, query: asked } as Parameters<typeof verbOf>[0], place.name);
  const allowed = rulesIn(manifest).some(
    ({ namespace: within, rule }) =>
      (within === undefined || within === namespace) &&
      rule.verbs.includes(verb) &&
      rule.apiGroups.includes(group) &&
      rule.resources.includes(resource) &&
      (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))),
  );
  return allowed ? undefined : `${verb} ${group === "" ? "" : `${group}/`}${resource} ${namespace ?? ""}/${name ?? ""}`;
}
