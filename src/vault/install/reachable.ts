import type { Diff } from "../../core/resource.ts";
import { fact, isKnown } from "../../core/fact.ts";
import { at, list, text } from "../../core/values.ts";
import { kinds } from "../../errors.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { otherLogins } from "../users.ts";

/** What says how a Vault is reached from outside of its cluster. */
interface Reachable {
  readonly namespace: string;
  readonly release: string;
  readonly authMount: string;
  /** Others were thought of. */
  readonly forceAddress: boolean;
}

/**
 * An address or a name of Vault that would go while others log in to it: their stores name it. Undefined where none goes, where nobody else
 * logs in, or with consent. Who cannot be asked counts as somebody.
 */
export async function goesForOthers(read: Readers, of: Reachable, wanted: readonly KubeObject[]): Promise<Diff | undefined> {
  if (of.forceAddress) return undefined;
  const going = (await reachedFromOutside(read, of)).filter((one) => !wanted.some((object) => keeps(object, one)));
  if (going.length === 0) return undefined;
  const others = await whoElse(read, of.authMount);
  if (others === undefined) return undefined;
  return {
    kind: "conflict",
    reason: `${going.map(said).join(", ")} would go, and ${others}`,
    fix: "To keep it, say what it was made with (--expose, --ingress-host, --values, --set). Where the others reach Vault elsewhere already, or may lose it, --force-address takes it away.",
  };
}

/** One way from outside. */
interface Way {
  readonly object: KubeObject;
  /** Addresses or names; none where it has none yet. */
  readonly hosts: readonly string[];
}

const outside: ReadonlySet<unknown> = new Set(["LoadBalancer", "NodePort"]);

async function reachedFromOutside({ kube }: Readers, { namespace, release }: Reachable): Promise<Way[]> {
  const labelSelector = `app.kubernetes.io/instance=${release}`;
  const [services, ingresses] = await Promise.all([
    kube.list({ apiVersion: "v1", kind: "Service", namespace, labelSelector }),
    kube.list({ apiVersion: "networking.k8s.io/v1", kind: "Ingress", namespace, labelSelector }),
  ]);
  return [
    ...services.filter((service) => outside.has(at(service, "spec", "type"))).map((object) => ({ object, hosts: balanced(object) })),
    ...ingresses.map((object) => ({ object, hosts: ruled(object) })),
  ];
}

const balanced = (service: KubeObject): string[] =>
  list(at(service, "status", "loadBalancer", "ingress")).flatMap((one) => text(at(one, "ip")) ?? text(at(one, "hostname")) ?? []);

const ruled = (ingress: KubeObject): string[] => list(at(ingress, "spec", "rules")).flatMap((rule) => text(at(rule, "host")) ?? []);

/** Whether what helm would make is still that way. */
function keeps(wanted: KubeObject, { object, hosts }: Way): boolean {
  if (wanted.kind !== object.kind || wanted.metadata.name !== object.metadata.name) return false;
  return wanted.kind === "Ingress" ? hosts.every((host) => ruled(wanted).includes(host)) : outside.has(at(wanted, "spec", "type"));
}

const said = ({ object: { kind, metadata }, hosts }: Way): string =>
  `${kind} ${metadata.namespace ?? ""}/${metadata.name}${hosts.length === 0 ? "" : ` (${hosts.join(", ")})`}`;

/** Who else logs in, in words; undefined where it is known that nobody does. */
async function whoElse(read: Readers, authMount: string): Promise<string | undefined> {
  const others = await fact(() => otherLogins(read, authMount));
  if (!isKnown(others))
    return others.error?.kind === kinds.vaultUninitialised
      ? undefined
      : `it cannot be known who else logs in to this Vault: ${others.error?.message ?? others.unknown}`;
  if (others.value.length === 0) return undefined;
  return `others log in to this Vault at ${others.value.map((path) => `auth/${path}`).join(", ")}`;
}
