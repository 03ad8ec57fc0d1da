import type { Answer } from "../wire/exchange.ts";
import { asList, asObject, asText, asTexts, at, type Json, type JsonObject } from "../wire/json.ts";
import type { Access, Identity } from "./access.ts";
import { kindAt, type KubeRequest } from "./request.ts";
import { issuer, uidOf, type ServiceAccountTokens } from "./service-account-tokens.ts";
import { builtInKinds } from "./kinds.ts";
import { invalid, notFound } from "./status.ts";
import type { Objects } from "./objects.ts";

export interface Reviewing {
  readonly objects: Objects;
  readonly tokens: ServiceAccountTokens;
  readonly access: Access;
}

type Review = (around: Reviewing, identity: Identity, body: JsonObject) => JsonObject;

/** Questions that are asked by POST and stored nowhere, by the plural of their kind. */
export const reviews: Readonly<Record<string, { readonly group: string; readonly answer: Review }>> = {
  tokenreviews: { group: "authentication.k8s.io", answer: tokenReview },
  selfsubjectreviews: { group: "authentication.k8s.io", answer: (_around, identity) => ({ userInfo: userInfo(identity) }) },
  selfsubjectaccessreviews: { group: "authorization.k8s.io", answer: ({ access }, identity, body) => accessReview(access, identity, body) },
  subjectaccessreviews: {
    group: "authorization.k8s.io",
    answer: ({ access }, _identity, body) => accessReview(access, subjectOf(body), body),
  },
};

const created = (body: JsonObject, status: JsonObject): Answer => ({ status: 201, json: { ...body, metadata: {}, status } });

export function reviewed(around: Reviewing, identity: Identity, plural: string, body: JsonObject): Answer | undefined {
  const review = reviews[plural];
  return review === undefined ? undefined : created(body, review.answer(around, identity, body));
}

function tokenReview({ tokens }: Reviewing, _identity: Identity, body: JsonObject): JsonObject {
  const found = tokens.check(asText(at(body, "spec", "token")), asTexts(at(body, "spec", "audiences")));
  if (typeof found === "string") return { user: {}, error: found };
  return { authenticated: true, user: userInfo(found), audiences: [...found.audiences] };
}

const userInfo = ({ username, uid, groups }: Identity): JsonObject => ({
  username,
  ...(uid !== undefined && { uid }),
  groups: [...groups],
});

function subjectOf(body: JsonObject): Identity {
  const spec = asObject(body["spec"]);
  return { username: asText(spec["user"]), groups: asTexts(spec["groups"] as Json) };
}

function accessReview(access: Access, identity: Identity, body: JsonObject): JsonObject {
  const wish = asObject(at(body, "spec", "resourceAttributes"));
  const text = (key: string): string | undefined => asText(wish[key]) || undefined;
  const resource = [text("resource"), text("subresource")].filter((part) => part !== undefined).join("/");
  const allowed = access.allows(identity, {
    verb: text("verb") ?? "",
    group: text("group") ?? "",
    resource,
    namespace: text("namespace"),
    name: text("name"),
  });
  return { allowed, ...(allowed && { reason: "RBAC: allowed by the fake" }) };
}

const accounts = kindAt(builtInKinds, {
  group: "",
  version: "v1",
  plural: "serviceaccounts",
  namespace: undefined,
  name: undefined,
  subresource: undefined,
})!;

/** POST serviceaccounts/<name>/token */
export function tokenRequest({ objects, tokens }: Reviewing, { place, body }: Pick<KubeRequest, "place" | "body">): Answer {
  const name = place.name ?? "";
  const account = objects.get("serviceaccounts", place.namespace, name);
  if (account === undefined) return notFound(accounts, name);
  const seconds = Number(at(body, "spec", "expirationSeconds") ?? 3600);
  if (seconds < 600)
    return invalid(
      { ...accounts, kind: "TokenRequest", group: "authentication.k8s.io" },
      "",
      "spec.expirationSeconds",
      `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`,
    );
  const audiences = asList(at(body, "spec", "audiences")).map(asText);
  const bound = asObject(at(body, "spec", "boundObjectRef"));
  const secret = bound["name"] === undefined ? undefined : objects.get("secrets", place.namespace, asText(bound["name"]));
  if (bound["name"] !== undefined && (secret === undefined || asText(bound["uid"]) !== uidOf(secret)))
    return notFound({ ...accounts, plural: "secrets", kind: "Secret" }, asText(bound["name"]));
  const token = tokens.bound(account, audiences, seconds, secret);
  const spec = { ...asObject(body["spec"]), audiences: audiences.length === 0 ? [issuer] : audiences, expirationSeconds: seconds };
  return created({ ...body, spec }, { token, expirationTimestamp: new Date(Date.now() + seconds * 1000).toISOString() });
}
