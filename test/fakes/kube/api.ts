import type { Answer, Ask } from "../wire/exchange.ts";
import { asText, at } from "../wire/json.ts";
import { forbidden, type Identity } from "./access.ts";
import { admission, type Admitting } from "./admission.ts";
import type { Cluster } from "./cluster.ts";
import { bodyOf, kindAt, managerOf, verbOf, type Place } from "./request.ts";
import { reviewed, reviews, tokenRequest } from "./reviews.ts";
import { badRequest, notServed } from "./status.ts";
import { stored } from "./store.ts";

/** The API below one group and version: rights first, then reviews, then stored objects. */
export function answerAt(cluster: Cluster & Admitting, ask: Ask, identity: Identity, place: Place): Answer {
  const refused = refusal(cluster, ask, identity, place);
  if (refused !== undefined) return refused;
  const body = bodyOf(ask);
  const review =
    ask.method === "POST" && reviews[place.plural]?.group === place.group ? reviewed(cluster, identity, place.plural, body) : undefined;
  if (review !== undefined) return review;
  const kind = kindAt(cluster.objects.kinds(), place);
  if (kind === undefined) return notServed;
  if (place.subresource !== undefined) return subresource(cluster, ask, place);
  const request = { ask, identity, place, kind, body, dryRun: ask.query.get("dryRun") === "All", manager: managerOf(ask) };
  return admission(cluster, request) ?? stored(cluster.objects, request);
}

function subresource(cluster: Cluster, ask: Ask, place: Place): Answer {
  if (place.subresource === "log") return podLog(cluster, place);
  if (place.subresource === "portforward") return badRequest("Upgrade request required");
  return place.subresource === "token" && ask.method === "POST" ? tokenRequest(cluster, { place, body: bodyOf(ask) }) : notServed;
}

/** What a test wrote into the annotation of the pod. */
function podLog({ objects }: Cluster, { namespace, name = "" }: Place): Answer {
  const pod = objects.get("pods", namespace, name);
  return pod === undefined ? notServed : { status: 200, text: asText(at(pod, "metadata", "annotations", "fake/log")) };
}

/** A namespace counts as within itself; an apply that makes something needs `create` too. */
function refusal(cluster: Cluster, ask: Ask, identity: Identity, place: Place): Answer | undefined {
  const resource = place.subresource === undefined ? place.plural : `${place.plural}/${place.subresource}`;
  const namespace = place.namespace ?? (place.plural === "namespaces" ? place.name : undefined);
  const name = place.name ?? namedIn(ask);
  const verbs = [verbOf(ask, place.name), ...(makes(cluster, ask, place) ? ["create"] : [])];
  const allowed = (verb: string): boolean => cluster.access.allows(identity, { verb, group: place.group, resource, namespace, name });
  const missing = identity.username === "system:anonymous" ? verbs[0] : verbs.find((verb) => !allowed(verb));
  if (missing === undefined) return undefined;
  return forbidden(identity, { verb: missing, group: place.group, resource, namespace, name });
}

/** Who lists or watches one object by its name is asked for a right on that alone: apiserver/pkg/endpoints/request/requestinfo.go. */
const namedIn = ({ query }: Ask): string | undefined => /^metadata\.name=([^,]+)$/.exec(query.get("fieldSelector") ?? "")?.[1];

function makes({ objects }: Cluster, { method, headers }: Ask, { plural, group, namespace, name }: Place): boolean {
  const applies = method === "PATCH" && headers["content-type"]?.startsWith("application/apply-patch") === true;
  return applies && objects.get(group === "" ? plural : `${plural}.${group}`, namespace, name ?? "") === undefined;
}
