import { at, text } from "../../core/values.ts";
import type { HttpAnswer } from "../http/http.ts";
import type { AccessQuestion } from "../world.ts";
import type { KubeAct } from "./failures.ts";
import { kindIsNotServed, statusOf } from "./status.ts";
import type { KubeRequest, KubeWire } from "./wire.ts";

const authorization = "/apis/authorization.k8s.io/v1";

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/ */
export function canI(wire: KubeWire, question: AccessQuestion): Promise<boolean> {
  return review(wire, "SelfSubjectAccessReview", { resourceAttributes: { ...question } });
}

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/ */
export function mayAccount(
  wire: KubeWire,
  { namespace, name }: { namespace: string; name: string },
  question: AccessQuestion,
): Promise<boolean> {
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
  return review(wire, "SubjectAccessReview", {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups,
    resourceAttributes: { ...question },
  });
}

async function review(wire: KubeWire, kind: "SelfSubjectAccessReview" | "SubjectAccessReview", spec: object): Promise<boolean> {
  const plural = `${kind.toLowerCase()}s`;
  const act = { verb: "create", resource: `${plural}.authorization.k8s.io` };
  const answer = await wire.send(act, {
    method: "POST",
    path: `${authorization}/${plural}`,
    body: { apiVersion: "authorization.k8s.io/v1", kind, spec },
  });
  const { status } = wire.object(act, answer) as unknown as { status?: { allowed?: boolean } };
  return status?.allowed === true;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/self-subject-review-v1/ */
export async function whoAmI(wire: KubeWire): Promise<string | undefined> {
  const act = { verb: "create", resource: "selfsubjectreviews.authentication.k8s.io" };
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const answer = await wire.send(act, { method: "POST", path: "/apis/authentication.k8s.io/v1/selfsubjectreviews", body });
  if (answer.status === 404) return undefined;
  const { status } = wire.object(act, answer) as unknown as { status?: { userInfo?: { username?: string } } };
  return status?.userInfo?.username;
}

/** A name that nothing has: authorization is asked before anyone looks whether it exists. */
const nobody = "vault-k8s-preflight";

/**
 * Makes the call itself, as a dry run with an empty object: it is refused by authorization, or for what it lacks. Access reviews can say
 * no where an authorizer behind a webhook says yes.
 */
export async function reallyMay(wire: KubeWire, question: AccessQuestion): Promise<boolean | undefined> {
  const act: KubeAct = { verb: question.verb, resource: question.resource, namespace: question.namespace };
  const request = realCall(question);
  if (request === undefined) return undefined;
  const answer = await wire.send(act, { ...request, path: `${await rootOf(wire, question.group ?? "")}${request.path}` });
  return kindIsNotServed(answer) ? undefined : !refusesByAuthorization(answer);
}

/**
 * The path of a group, in the version that the API server prefers: an operator that is old serves no v1. A group that it does not tell of has none
 * to ask. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#api-discovery
 */
async function rootOf(wire: KubeWire, group: string): Promise<string> {
  if (group === "") return "/api/v1";
  const answer = await wire.send({ verb: "get", resource: "apis" }, { method: "GET", path: `/apis/${group}` });
  return `/apis/${group}/${text(at(answer.json, "preferredVersion", "version")) ?? "v1"}`;
}

/** With the path below that of the group. */
function realCall({ verb, resource, subresource, namespace, name = nobody }: AccessQuestion): KubeRequest | undefined {
  const place = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const all = `${place}/${resource}`;
  const one = `${all}/${encodeURIComponent(name)}${subresource === undefined ? "" : `/${subresource}`}`;
  const dryRun = { query: { dryRun: "All" }, body: {} };
  if (verb === "get" && subresource === undefined) return { method: "GET", path: one };
  if (verb === "list") return { method: "GET", path: all, query: { limit: "1" } };
  if (verb === "create" && subresource !== "portforward") return { method: "POST", path: subresource === undefined ? all : one, ...dryRun };
  return verb === "patch" ? { method: "PATCH", path: one, type: "application/merge-patch+json", ...dryRun } : undefined;
}

const refusesByAuthorization = (answer: HttpAnswer): boolean => answer.status === 403 && /cannot /.test(statusOf(answer)?.message ?? "");
