import type { Answer } from "../wire/exchange.ts";
import { asObject, asText, at, type JsonObject } from "../wire/json.ts";
import { builtInKinds, type Kind } from "./kinds.ts";
import { annotationOf, nameOf, type Objects } from "./objects.ts";
import { invalid, notFound, status } from "./status.ts";

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
  return (
    wrongName(kind, next) ??
    wrongSecret(kind, found, next) ??
    wrongBinding(kind, found, next) ??
    wrongLease(kind, next) ??
    wrongSet(kind, found, next) ??
    wrongClaim(objects, kind, found, next)
  );
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

function wrongLease(kind: Kind, next: JsonObject): Answer | undefined {
  const seconds = kind.plural === "leases" ? at(next, "spec", "leaseDurationSeconds") : undefined;
  return typeof seconds === "number" && seconds <= 0
    ? invalid(kind, nameOf(next), "spec.leaseDurationSeconds", `Invalid value: ${seconds}: must be greater than 0`)
    : undefined;
}

function wrongBinding(kind: Kind, found: JsonObject | undefined, next: JsonObject): Answer | undefined {
  if (kind.plural !== "clusterrolebindings") return undefined;
  const role = (object: JsonObject | undefined): string => JSON.stringify([at(object, "roleRef", "kind"), at(object, "roleRef", "name")]);
  return found === undefined || role(found) === role(next)
    ? undefined
    : invalid(kind, nameOf(next), "roleRef", `Invalid value: ${JSON.stringify(next["roleRef"])}: cannot change roleRef`);
}

const changeable = ["replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

/** Kubernetes' own words: https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/apis/apps/validation/validation.go */
function wrongSet(kind: Kind, found: JsonObject | undefined, next: JsonObject): Answer | undefined {
  if (kind.plural !== "statefulsets" || found === undefined) return undefined;
  const fixed = (object: JsonObject): string =>
    JSON.stringify(
      Object.entries(asObject(object["spec"]))
        .filter(([name]) => !changeable.includes(name))
        .sort(),
    );
  if (fixed(found) === fixed(next)) return undefined;
  const list = [...changeable.slice(0, 4), "revisionHistoryLimit", ...changeable.slice(4)].map((name) => `'${name}'`);
  return forbiddenField(
    kind,
    nameOf(next),
    "spec",
    `updates to statefulset spec for fields other than ${list.slice(0, -1).join(", ")} and ${list.at(-1)} are forbidden`,
  );
}

/** Claims only grow, and only where their class says that they may: PersistentVolumeClaimResize. */
function wrongClaim(objects: Objects, kind: Kind, found: JsonObject | undefined, next: JsonObject): Answer | undefined {
  if (kind.plural !== "persistentvolumeclaims" || found === undefined) return undefined;
  const size = (object: JsonObject): number => quantity(asText(at(object, "spec", "resources", "requests", "storage")));
  if (size(next) === size(found)) return undefined;
  const name = nameOf(next);
  if (size(next) < size(found))
    return forbiddenField(kind, name, "spec.resources.requests.storage", "field can not be less than status.capacity");
  const storageClass = objects.get("storageclasses.storage.k8s.io", undefined, asText(at(found, "spec", "storageClassName")));
  if (storageClass?.["allowVolumeExpansion"] === true) return undefined;
  return status(
    403,
    "Forbidden",
    `persistentvolumeclaims "${name}" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize`,
    { name, group: kind.group, kind: kind.plural },
  );
}

const units: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

function quantity(text: string): number {
  const [, digits = "", unit = ""] = /^([\d.]+)(\D*)$/.exec(text) ?? [];
  return Number(digits) * (units[unit] ?? Number.NaN);
}

function forbiddenField(kind: Kind, name: string, field: string, message: string): Answer {
  const type = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const causes = [{ reason: "FieldValueForbidden", message: `Forbidden: ${message}`, field }];
  return status(422, "Invalid", `${type} "${name}" is invalid: ${field}: Forbidden: ${message}`, {
    name,
    group: kind.group,
    kind: kind.kind,
    causes,
  });
}
