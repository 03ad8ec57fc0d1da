import type { Answer } from "../wire/exchange.ts";
import { asList, asObject, asText, at, type JsonObject } from "../wire/json.ts";
import type { Access } from "./access.ts";
import type { Objects } from "./objects.ts";
import type { KubeRequest } from "./request.ts";
import { internal, status } from "./status.ts";

export interface Admitting {
  readonly objects: Objects;
  readonly access: Access;
  webhookDown: number;
  /** What a rule of the cluster says to an object, where it refuses it: a webhook that validates, or a policy. */
  rule: ((kind: string, object: JsonObject) => string | undefined) | undefined;
}

/** What stands between the right to write and the write: webhooks, and the check that nobody gives rights that he lacks. */
export function admission(around: Admitting, request: KubeRequest): Answer | undefined {
  if (request.ask.method === "GET" || request.ask.method === "DELETE") return undefined;
  return escalation(around, request) ?? webhook(around, request) ?? ruled(around, request);
}

/** Kubernetes' own words: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/ */
function ruled({ rule }: Admitting, { kind, body }: KubeRequest): Answer | undefined {
  const words = rule?.(kind.kind, body);
  return words === undefined
    ? undefined
    : status(403, "Forbidden", `admission webhook "rules.example.com" denied the request: ${words}`, {});
}

function webhook(around: Admitting, { kind }: KubeRequest): Answer | undefined {
  if (kind.group !== "external-secrets.io" || around.webhookDown <= 0) return undefined;
  around.webhookDown -= 1;
  const name = `validate.${kind.plural.replace(/s$/, "")}.external-secrets.io`;
  return internal(
    `failed calling webhook "${name}": failed to call webhook: Post "https://external-secrets-webhook.external-secrets.svc:443/validate-external-secrets-io-v1-${kind.kind.toLowerCase()}?timeout=5s": dial tcp 10.96.0.17:443: connect: connection refused`,
  );
}

function escalation({ access }: Admitting, { kind, body, identity }: KubeRequest): Answer | undefined {
  if (kind.plural !== "clusterrolebindings") return undefined;
  const role = asText(asObject(body["roleRef"])["name"]);
  const binds = { verb: "bind", group: kind.group, resource: "clusterroles", namespace: undefined, name: role };
  if (access.allows(identity, binds)) return undefined;
  const name = asText(at(body, "metadata", "name"));
  const groups = asList([...identity.groups])
    .map(asText)
    .map((group) => JSON.stringify(group))
    .join(" ");
  const message = `clusterrolebindings.rbac.authorization.k8s.io "${name}" is forbidden: user "${identity.username}" (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:["authentication.k8s.io"], Resources:["tokenreviews"], Verbs:["create"]}`;
  return status(403, "Forbidden", message, { name, group: kind.group, kind: kind.plural });
}
