import type { Answer } from "../wire/exchange.ts";
import { asObject, asText, at, type JsonObject } from "../wire/json.ts";
import { resourceName, type Kind } from "./kinds.ts";
import { status } from "./status.ts";

const conflict = (kind: Kind, name: string, why: string): Answer =>
  status(409, "Conflict", `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`, {
    name,
    group: kind.group,
    kind: kind.plural,
  });

const changed = "the object has been modified; please apply your changes to the latest version and try again";

/** A write that names the UID or the version that it was made from, of an object that has another one by now, or is not there. */
export function staleWrite(kind: Kind, name: string, found: JsonObject | undefined, body: JsonObject): Answer | undefined {
  const uid = at(body, "metadata", "uid");
  const foundUid = asText(at(found, "metadata", "uid"));
  if (uid !== undefined && uid !== foundUid)
    return conflict(kind, name, `Precondition failed: UID in precondition: ${asText(uid)}, UID in object meta: ${foundUid}`);
  const version = at(body, "metadata", "resourceVersion");
  return found === undefined || version === undefined || version === at(found, "metadata", "resourceVersion")
    ? undefined
    : conflict(kind, name, changed);
}

/** A DELETE whose preconditions do not hold. */
export function staleDelete(kind: Kind, name: string, found: JsonObject, options: JsonObject): Answer | undefined {
  const wanted = asObject(options["preconditions"]);
  const broken = ["uid", "resourceVersion"].find((field) => wanted[field] !== undefined && wanted[field] !== at(found, "metadata", field));
  return broken === undefined
    ? undefined
    : conflict(kind, name, `the ${broken} in the precondition (${asText(wanted[broken])}) does not match the one in record`);
}

/** Kinds whose PUT makes what is not there, and must name a version where it is. */
const madeByPut = new Set(["leases.coordination.k8s.io"]);
export const isMadeByPut = (kind: Kind): boolean => madeByPut.has(resourceName(kind));

const microTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

/** Times of a Lease have six digits; other values are refused before anything else is looked at. */
export function wrongLeaseTime(kind: Kind, body: JsonObject): Answer | undefined {
  if (resourceName(kind) !== "leases.coordination.k8s.io") return undefined;
  const times = ["acquireTime", "renewTime"].map((field) => at(body, "spec", field)).filter((time) => time !== undefined && time !== null);
  const wrong = times.find((time) => !microTime.test(asText(time)));
  return wrong === undefined
    ? undefined
    : status(
        400,
        "BadRequest",
        `Lease in version "v1" cannot be handled as a Lease: parsing time "${asText(wrong)}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "${asText(wrong).slice(19)}" as ".000000"`,
      );
}
