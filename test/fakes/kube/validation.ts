import type { Answer } from "../wire/exchange.ts";
import { at, type JsonObject } from "../wire/json.ts";
import { builtInKinds, type Kind } from "./kinds.ts";
import { annotationOf, nameOf, type Objects } from "./objects.ts";
import { invalid, notFound } from "./status.ts";

const namespaces = builtInKinds.find((kind) => kind.plural === "namespaces")!;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/;

/** What a real server refuses of the objects that we write; undefined when it takes this one. */
export function wrongObject(
  objects: Objects,
  kind: Kind,
  namespace: string | undefined,
  found: JsonObject | undefined,
  next: JsonObject,
): Answer | undefined {
  if (namespace !== undefined && objects.get("namespaces", undefined, namespace) === undefined) return notFound(namespaces, namespace);
  return wrongName(kind, next) ?? wrongSecret(kind, found, next) ?? wrongBinding(kind, found, next);
}

function wrongName(kind: Kind, next: JsonObject): Answer | undefined {
  const name = nameOf(next);
  if (kind.group === "rbac.authorization.k8s.io") return undefined;
  if (kind.plural === "namespaces" && !label.test(name)) {
    return invalid(
      kind,
      name,
      "metadata.name",
      `Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character`,
    );
  }
  return subdomain.test(name)
    ? undefined
    : invalid(
        kind,
        name,
        "metadata.name",
        `Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
      );
}

function wrongSecret(kind: Kind, found: JsonObject | undefined, next: JsonObject): Answer | undefined {
  if (kind.plural !== "secrets" || kind.group !== "") return undefined;
  if (found !== undefined && found["type"] !== next["type"])
    return invalid(kind, nameOf(next), "type", `Invalid value: ${JSON.stringify(next["type"])}: field is immutable`);
  const needsAccount =
    next["type"] === "kubernetes.io/service-account-token" && annotationOf(next, "kubernetes.io/service-account.name") === "";
  return needsAccount
    ? invalid(kind, nameOf(next), "metadata.annotations[kubernetes.io/service-account.name]", "Required value")
    : undefined;
}

function wrongBinding(kind: Kind, found: JsonObject | undefined, next: JsonObject): Answer | undefined {
  if (kind.plural !== "clusterrolebindings") return undefined;
  const role = (object: JsonObject | undefined): string => JSON.stringify([at(object, "roleRef", "kind"), at(object, "roleRef", "name")]);
  return found === undefined || role(found) === role(next)
    ? undefined
    : invalid(kind, nameOf(next), "roleRef", `Invalid value: ${JSON.stringify(next["roleRef"])}: cannot change roleRef`);
}
