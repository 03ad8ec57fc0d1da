import type { Answer } from "../wire/exchange.ts";
import { asList, asObject, asText } from "../wire/json.ts";
import type { Objects } from "./objects.ts";
import { status } from "./status.ts";

/** Someone whom the API server knows. */
export interface Identity {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

/** What someone wants to do, as RBAC sees it. */
export interface Wish {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: "pods/portforward". */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** A rule that takes rights away from a person; what it leaves out it does not ask for. */
export interface Denial {
  readonly username?: string;
  readonly verbs?: readonly string[];
  readonly resources?: readonly string[];
  readonly namespace?: string;
}

const mayAlways = new Set(["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"]);
const delegated = new Set(["tokenreviews", "subjectaccessreviews"]);

/** People may do all that no rule denies; service accounts only what a binding to system:auth-delegator or cluster-admin gives. */
export class Access {
  readonly #objects: Objects;
  #denials: Denial[] = [];

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  deny(...denials: readonly Denial[]): void {
    this.#denials.push(...denials);
  }

  denyNothing(): void {
    this.#denials = [];
  }

  allows(identity: Identity, wish: Wish): boolean {
    if (this.#denials.some((denial) => takesAway(denial, identity, wish))) return false;
    if (!identity.username.startsWith("system:serviceaccount:")) return true;
    return (
      mayAlways.has(wish.resource) ||
      this.#roles(identity.username).some(
        (role) => role === "cluster-admin" || (role === "system:auth-delegator" && wish.verb === "create" && delegated.has(wish.resource)),
      )
    );
  }

  #roles(username: string): string[] {
    const bindings = this.#objects.list("clusterrolebindings.rbac.authorization.k8s.io");
    const binds = bindings.filter((binding) =>
      asList(binding["subjects"])
        .map(asObject)
        .some((subject) => username === `system:serviceaccount:${asText(subject["namespace"])}:${asText(subject["name"])}`),
    );
    return binds.map((binding) => asText(asObject(binding["roleRef"])["name"]));
  }
}

function takesAway({ username, verbs, resources, namespace }: Denial, identity: Identity, wish: Wish): boolean {
  if (username !== undefined && username !== identity.username) return false;
  // Who may not do one thing may not do everything.
  if (wish.verb === "*" && wish.resource === "*") return true;
  return (
    (verbs === undefined || verbs.includes(wish.verb)) &&
    (resources === undefined || resources.includes(wish.resource)) &&
    (namespace === undefined || namespace === wish.namespace)
  );
}

/** 403 in the words of Kubernetes' RBAC. */
export function forbidden({ username }: Identity, { verb, group, resource, namespace, name }: Wish): Answer {
  const [plural = ""] = resource.split("/");
  const qualified = group === "" ? plural : `${plural}.${group}`;
  const which = name === undefined || name === "" ? qualified : `${qualified} "${name}"`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const message = `${which} is forbidden: User "${username}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  return status(403, "Forbidden", message, { name, group, kind: plural });
}
